import type { CheckContext, CheckResult } from "./check.ts";

interface Tool {
  readonly title: string;
  /** The first that is found is taken. */
  readonly programs: readonly string[];
  readonly extraDirectories?: readonly string[];
  readonly neededBy: string;
  readonly install: { readonly apt: string; readonly dnf: string; readonly brew: string };
  /** Where to get it without a package manager. */
  readonly page: string;
}

const TOOLS: readonly Tool[] = [
  {
    title: "pgbench",
    programs: ["pgbench"],
    extraDirectories: [18, 17, 16, 15, 14].flatMap((major) => [
      `/usr/lib/postgresql/${major}/bin`,
      `/usr/pgsql-${major}/bin`,
    ]),
    neededBy: "the workload `pgbench` (`native` needs nothing)",
    install: { apt: "postgresql", dnf: "postgresql-contrib", brew: "postgresql@18" },
    page: "https://www.postgresql.org/download/",
  },
  {
    title: "pgbackrest",
    programs: ["pgbackrest"],
    neededBy: "an archive through pgBackRest (`archive: { pgbackrest: {} }`)",
    install: { apt: "pgbackrest", dnf: "pgbackrest", brew: "pgbackrest" },
    page: "https://pgbackrest.org/user-guide.html#installation",
  },
  {
    title: "fio",
    programs: ["fio"],
    neededBy: "tests of storage",
    install: { apt: "fio", dnf: "fio", brew: "fio" },
    page: "https://github.com/axboe/fio",
  },
  {
    title: "hey",
    programs: ["hey"],
    neededBy: "load on a web application",
    install: { apt: "hey", dnf: "hey", brew: "hey" },
    page: "https://github.com/rakyll/hey",
  },
  {
    title: "chromium",
    programs: ["chromium", "chromium-browser", "google-chrome", "chrome"],
    neededBy: "the tests of the report (reading a report needs any browser)",
    install: { apt: "chromium", dnf: "chromium", brew: "--cask chromium" },
    page: "https://www.chromium.org/getting-involved/download-chromium/",
  },
];

/** Programs that some parts need; none is needed by all. */
export async function checkTools(context: CheckContext): Promise<CheckResult[]> {
  const manager = await findManager(context);
  return Promise.all(TOOLS.map((tool) => checkTool(tool, manager, context)));
}

type Manager = "apt" | "dnf" | "brew";

async function findManager({ processes }: CheckContext): Promise<Manager | null> {
  for (const [program, manager] of [
    ["apt-get", "apt"],
    ["dnf", "dnf"],
    ["brew", "brew"],
  ] as const) {
    if ((await processes.find(program)) !== null) return manager;
  }
  return null;
}

async function checkTool(
  { title, programs, extraDirectories, neededBy, install, page }: Tool,
  manager: Manager | null,
  { processes }: CheckContext,
): Promise<CheckResult> {
  for (const program of programs) {
    const found = await processes.find(program, extraDirectories ?? []);
    if (found === null) continue;
    const { stdout, stderrTail } = await processes
      .run(found, [found.endsWith("pgbackrest") ? "version" : "--version"])
      .catch(() => ({ stdout: "", stderrTail: "" }));
    const version = /\d+(\.\d+)+/.exec(stdout || stderrTail)?.[0];
    return {
      title,
      status: "ok",
      found: version === undefined ? found : `${version} (${found})`,
      remedy: null,
      required: false,
    };
  }
  return {
    title,
    status: "missing",
    found: `not found; needed by ${neededBy}`,
    remedy: tellInstall(install, manager, page),
    required: false,
  };
}

function tellInstall(install: Tool["install"], manager: Manager | null, page: string): string {
  const sudo = process.getuid?.() === 0 ? "" : "sudo ";
  switch (manager) {
    case "apt":
      return `${sudo}apt-get install ${install.apt}`;
    case "dnf":
      return `${sudo}dnf install ${install.dnf}`;
    case "brew":
      return `brew install ${install.brew}`;
    case null:
      return page;
  }
}
