import { writeFile } from 'node:fs/promises';
import { CHUNK_SECONDS } from '../core/timeline.ts';
import { readArguments } from '../local/arguments.ts';
import { breakings, breaksTable } from './simulate/breaks.ts';
import { GOAL, predictions, predictionTable } from './simulate/check.ts';
import { filmChart, measuredTable, writeDocument } from './simulate/document.ts';
import { DEFAULT_START, type Estate } from './simulate/estate.ts';
import { films, filmTable } from './simulate/film.ts';
import { MEASURED, Measured, readMeasured } from './simulate/measured.ts';
import { compareRules, rulesTable } from './simulate/rules.ts';
import { withScaleRuns } from './simulate/scale-runs.ts';
import { compareSizes, sizesTable } from './simulate/sizes.ts';
import { plain, type Table } from './simulate/table.ts';
import { compareWindows, windowsTable } from './simulate/windows.ts';

/*
 * What Reelight would do with one worker and with a thousand: a simulation of its lanes, windows and workers, calibrated
 * by what was measured (`simulate/measured.json`) and bounded by what the services beneath it allow.
 */

const USAGE = `Usage: npm run bench:simulate -- [--check | --write | --measure | --runs FILE] [--json] [--seed N] [--start SECONDS]

What Reelight would do with one worker and with a thousand, as tables.
  --check       predicts the runs that were measured; exits with 1 where that fails
  --write       puts the tables into docs/scale.md
  --measure     measures anew, quickly, into measured.json
  --runs FILE   takes the runs of bench:scale -- --json FILE over into measured.json
  --json        figures instead of tables
  --seed N      another traffic
  --start SECONDS   until a worker is there`;

const { values: options } = readArguments(USAGE, {
  options: {
    check: { type: 'boolean' },
    write: { type: 'boolean' },
    measure: { type: 'boolean' },
    runs: { type: 'string' },
    json: { type: 'boolean' },
    seed: { type: 'string', default: '1' },
    start: { type: 'string', default: String(DEFAULT_START) },
  },
});

if (options.measure) {
  // Of no use to the simulation itself, and large.
  const { measure } = await import('./simulate/measure.ts');
  await keep(await measure((line) => console.error(`measured: ${line}`)));
}
if (options.runs) await keep(await withScaleRuns(await readMeasured(), options.runs));
const measured = await readMeasured();
const predicted = predictions(measured);
if (options.check || options.measure || options.runs) {
  show({ predicted }, { predicted: predictionTable(predicted) });
  if (options.check && predicted.some(({ off }) => !(Math.abs(off) <= GOAL))) process.exitCode = 1;
} else {
  const estate: Estate = { measured, seed: Number(options.seed), start: Number(options.start) };
  const bySize = new Map([5, CHUNK_SECONDS, 30].map((seconds) => [seconds, films(estate, seconds)]));
  const figures = {
    predicted,
    sizes: compareSizes(estate),
    rules: compareRules(estate),
    windows: compareWindows(estate),
    film: bySize.get(CHUNK_SECONDS) ?? [],
    breaks: breakings(estate),
  };
  const tables = {
    measured: measuredTable(measured),
    predicted: predictionTable(predicted),
    sizes: sizesTable(figures.sizes),
    rules: rulesTable(figures.rules),
    windows: windowsTable(figures.windows),
    film: filmTable(figures.film),
    breaks: breaksTable(figures.breaks),
  };
  show(figures, tables);
  if (options.write) await writeDocument(tables, filmChart(bySize));
}

async function keep(figures: Measured): Promise<void> {
  await writeFile(MEASURED, `${JSON.stringify(Measured.parse(figures), null, 2)}\n`);
}

function show(figures: Record<string, unknown>, tables: Record<string, Table>): void {
  if (options.json) console.log(JSON.stringify(figures, null, 2));
  else for (const table of Object.values(tables)) console.log(plain(table));
}
