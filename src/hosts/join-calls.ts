/** Answers questions in their order. */
type AskAll<Question, Answer> = (questions: readonly Question[]) => Promise<readonly Answer[]>;

interface Caller<Question, Answer> {
  readonly questions: readonly Question[];
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes one call of all that are made at the same time. */
export function joinCalls<Question, Answer>(
  askAll: AskAll<Question, Answer>,
): AskAll<Question, Answer> {
  let waiting: Caller<Question, Answer>[] = [];
  const askForAll = async () => {
    const callers = waiting;
    waiting = [];
    try {
      const answers = await askAll(callers.flatMap(({ questions }) => questions));
      let from = 0;
      for (const { questions, resolve } of callers) {
        resolve(answers.slice(from, from + questions.length));
        from += questions.length;
      }
    } catch (error) {
      for (const { reject } of callers) reject(error);
    }
  };
  return (questions) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void askForAll());
      waiting.push({ questions, resolve, reject });
    });
}
