import { ReelightError } from '../core/errors.ts';

/** Why something does not run on this machine. The message is one line that says what to do. */
export type LocalErrorCode =
  | 'already_running'
  | 'bad_setting'
  | 'missing_tool'
  | 'no_browser'
  | 'not_deployed'
  | 'not_ready'
  | 'not_running'
  | 'part_failed'
  | 'port_in_use';

export class LocalError extends ReelightError {
  override readonly retryable = false;

  constructor(code: LocalErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
