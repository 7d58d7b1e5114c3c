import type { Command } from "./command.ts";
import { compare } from "./commands/compare.ts";
import { completion } from "./commands/completion.ts";
import { doctor } from "./commands/doctor.ts";
import { examples } from "./commands/examples.ts";
import { explain } from "./commands/explain.ts";
import { init } from "./commands/init.ts";
import { observe } from "./commands/observe.ts";
import { mark } from "./commands/mark.ts";
import { plan } from "./commands/plan.ts";
import { analyze } from "./commands/analyze.ts";
import { gc } from "./commands/gc.ts";
import { history } from "./commands/history.ts";
import { report } from "./commands/report.ts";
import { resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { testHypothesis } from "./commands/test-hypothesis.ts";
import { schema } from "./commands/schema.ts";
import { worker } from "./commands/worker.ts";

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [
  run,
  observe,
  plan,
  resume,
  worker,
  report,
  analyze,
  compare,
  testHypothesis,
  history,
  gc,
  mark,
  init,
  examples,
  doctor,
  explain,
  schema,
  completion,
];
