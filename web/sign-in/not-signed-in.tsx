import { inWords } from '../problem.ts';

/** The issuer said no, or nothing. */
export function NotSignedIn({ error }: { error: unknown }) {
  return (
    <main>
      <h1>You are not signed in</h1>
      <div class="trouble-box" role="alert">
        <p>{inWords(error)}</p>
        <a class="button" href="/">
          Try again
        </a>
      </div>
    </main>
  );
}
