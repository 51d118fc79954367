export interface Row {
  group: string;
  name: string;
  about: string;
  result: string;
  /** CPU time of encoding and verifying. */
  seconds: number;
  /** Of FFmpeg at its largest, in MiB. */
  memory: number;
  /** CIEDE2000, the mean over the patches; null where there are none to compare. */
  deltaE: number | null;
}

const HEAD = `# The corpus

What people upload, and what the engine makes of it: written by \`npm run test:corpus\`, which makes every file but the
\`real\` ones, runs it through probing, conforming, encoding and verifying, and looks at the result from outside. \`ok\`
means: 8-bit 4:2:0 H.264 in an MP4 that streams at once, every picture that was there and at its time, sound within one
picture of where it was, every track that an MP4 can carry, and, where there is a number, colours as far from the truth as
it says (CIEDE2000, mean over sixteen patches; about 1 is the least that people see, side by side). \`kept\` in a name: high
dynamic range that was to stay, in 10-bit HEVC. The pictures of \`real\` files are their source's to within 35 dB of PSNR.
`;

/** All rows as Markdown. */
export function table(rows: Row[]): string {
  const lines = rows.map(({ group, name, about, result, seconds, memory, deltaE }) =>
    [
      group,
      `\`${name}\``,
      about,
      result,
      seconds ? seconds.toFixed(2) : '',
      memory || '',
      deltaE?.toFixed(2) ?? '',
    ].join(' | '),
  );
  const count = (pattern: RegExp) => rows.filter(({ result }) => pattern.test(result)).length;
  const sum = `${rows.length} files: ${count(/^ok/)} right, ${count(/^refused/)} refused in words, ${count(/^skipped/)} skipped, ${count(/^FAILED/)} failed.`;
  const head = [
    'group | file | what is odd about it | result | CPU s | MiB | ΔE',
    '--- | --- | --- | --- | --: | --: | --:',
  ];
  return [HEAD, sum, '', ...[...head, ...lines].map((line) => `| ${line} |`), ''].join('\n');
}
