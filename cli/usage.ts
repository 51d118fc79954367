import { ReelightError } from '../core/errors.ts';

/** The command cannot begin as it was given: one line for each thing that is wrong. Exit code 2. */
export class UsageError extends ReelightError {
  override readonly retryable = false;
  readonly problems: string[];

  constructor(problems: string[], options?: ErrorOptions) {
    super('usage', problems.join('\n'), options);
    this.problems = problems;
  }
}
