import type { Program, SqlStatement } from "../script/compile-script.ts";
import { SYNC } from "../wire/messages.ts";

/** What a script puts between `\startpipeline` and `\endpipeline`: sent in one piece. */
export class Pipeline {
  /** Whether a COMMIT is in it. */
  mayCommit = false;
  /** In the order in which the server answers them. */
  readonly statements: SqlStatement[] = [];
  private readonly parts: Buffer[] = [];
  private syncs = 0;

  /** Copies the message: an encoder uses its bytes again. */
  add(message: Buffer, statement: SqlStatement): void {
    this.parts.push(Buffer.from(message));
    this.statements.push(statement);
    this.mayCommit ||= statement.kind === "commit";
  }

  sync(): void {
    this.parts.push(SYNC);
    this.syncs++;
  }

  /** All of it with its last Sync, and how many times the server will say that it is ready. */
  end(): { readonly message: Buffer; readonly answers: number } {
    return { message: Buffer.concat([...this.parts, SYNC]), answers: this.syncs + 1 };
  }
}

/** The statements of the pipeline that starts at this step. */
export function statementsOfPipeline({ steps }: Program, start: number): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  for (const step of steps.slice(start + 1)) {
    if (step.is === "endpipeline") break;
    if (step.is === "sql") statements.push(step.statement);
  }
  return statements;
}
