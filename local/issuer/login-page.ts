/** Asks for a name, and keeps what the page came with. */
export function loginPage(asked: URLSearchParams): string {
  const kept = [...asked].filter(([name]) => name !== 'name');
  const fields = kept.map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Sign in</title></head>
<body style="font: 1rem system-ui; max-width: 24rem; margin: 4rem auto; padding: 0 1rem">
<h1>Who are you?</h1>
<p>For trying out sign-in on this machine, which is all that can reach this page. Whoever is named here is signed in, without a password.</p>
<form action="/authorize" method="get">
${fields.join('\n')}
<label>Name <input name="name" autofocus required pattern="[A-Za-z0-9_.@\\-]{1,64}" autocomplete="username"></label>
<button>Sign in</button>
</form>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
