/**
 * Asks a slow party about something that changes quickly (the text of a filter, a message being written): waits until
 * the input has rested, asks once, and drops every answer that a newer question has overtaken.
 */
export interface Latest<I> {
  /** Asks about `input` once no newer input came for the delay. */
  ask(input: I): void;
  /** Asks about `input` now, in place of what was waiting. */
  askNow(input: I): void;
  /** Forgets what is waiting and what is under way. Needed on unmount; asking again is allowed. */
  cancel(): void;
}

/**
 * @param question asks; may reject, then `failed` hears of it if the question is still the newest
 * @param answered takes the answer to the newest question, and only that
 * @param delay milliseconds that the input must rest
 */
export function createLatest<I, O>(
  question: (input: I) => Promise<O>,
  answered: (answer: O, input: I) => void,
  delay: number,
  failed: (error: unknown) => void = () => undefined,
): Latest<I> {
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = (input: I, number: number) => {
    question(input).then(
      (answer) => {
        if (number === newest) answered(answer, input);
      },
      (error: unknown) => {
        if (number === newest) failed(error);
      },
    );
  };
  const cancel = () => {
    clearTimeout(timer);
    newest += 1;
  };
  return {
    cancel,
    ask(input) {
      cancel();
      timer = setTimeout(run, delay, input, newest);
    },
    askNow(input) {
      cancel();
      run(input, newest);
    },
  };
}
