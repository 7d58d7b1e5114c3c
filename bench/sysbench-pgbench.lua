-- pgbench's built-in scripts for sysbench, with prepared statements and the same tables.
sysbench.cmdline.options = { script = { "select-only or tpcb-like", "select-only" }, scale = { "pgbench's scale", 10 } }

local INT = sysbench.sql.type.INT

local function prepare(text, count)
  local statement = connection:prepare(text)
  local values = {}
  for i = 1, count do values[i] = statement:bind_create(INT) end
  if count > 0 then statement:bind_param(unpack(values)) end
  return function(...)
    for i = 1, count do values[i]:set((select(i, ...))) end
    local result = statement:execute()
    if result then result:free() end
  end
end

function thread_init()
  connection = sysbench.sql.driver():connect()
  read_account = prepare("SELECT abalance FROM pgbench_accounts WHERE aid = ?", 1)
  if sysbench.opt.script == "select-only" then return end
  begin = prepare("BEGIN", 0)
  account = prepare("UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?", 2)
  teller = prepare("UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?", 2)
  branch = prepare("UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?", 2)
  history = prepare("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)", 4)
  finish = prepare("END", 0)
end

function event()
  local scale = sysbench.opt.scale
  local aid = sysbench.rand.uniform(1, 100000 * scale)
  if sysbench.opt.script == "select-only" then return read_account(aid) end
  local bid, tid = sysbench.rand.uniform(1, scale), sysbench.rand.uniform(1, 10 * scale)
  local delta = sysbench.rand.uniform(0, 10000) - 5000
  begin()
  account(delta, aid)
  read_account(aid)
  teller(delta, tid)
  branch(delta, bid)
  history(tid, bid, aid, delta)
  finish()
end

function thread_done()
  connection:disconnect()
end
