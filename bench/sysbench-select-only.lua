-- pgbench's built-in script select-only for sysbench, with a prepared statement and the same table.
sysbench.cmdline.options = { scale = { "pgbench's scale", 10 } }

function thread_init()
  connection = sysbench.sql.driver():connect()
  statement = connection:prepare("SELECT abalance FROM pgbench_accounts WHERE aid = ?")
  aid = statement:bind_create(sysbench.sql.type.INT)
  statement:bind_param(aid)
end

function event()
  aid:set(sysbench.rand.uniform(1, 100000 * sysbench.opt.scale))
  statement:execute():free()
end

function thread_done()
  connection:disconnect()
end
