import { ReelightError } from '../core/errors.ts';

/** Runs a program's main function. Errors that say what to do are shown as one line, others whole. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  // Somebody who stops reading, such as `head`, is no reason to leave things running.
  process.stdout.on('error', () => {});
  try {
    await main();
  } catch (error) {
    console.error(error instanceof ReelightError ? `Reelight: ${error.message}` : error);
    process.exitCode = 1;
  }
}
