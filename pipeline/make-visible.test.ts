import { beforeEach, expect, it } from 'vitest';
import { cancelVideo } from '../core/video.ts';
import { aVideo } from '../test/a-video.ts';
import { twins } from '../test/twins.ts';
import { makeVisible } from './make-visible.ts';

const KEY = 'posters/x';
const META = { contentType: 'image/jpeg' };
let ports: ReturnType<typeof twins>['ports'];
let files: typeof ports.files;
beforeEach(() => {
  ports = twins().ports;
  files = ports.files;
});

/** A claim that is lost with this confirmation: the first is before the write, the second after it. */
function claimLostAt(confirmation: number) {
  let asked = 0;
  return {
    video: aVideo(),
    confirm: async () => {
      if (++asked === confirmation) throw new Error('lost');
    },
  };
}

const write = (body: string) => (condition: Parameters<typeof files.write>[3]) =>
  files.write(KEY, body, META, condition);

it('writes nothing once the claim is lost', async () => {
  await expect(makeVisible(ports, claimLostAt(1), KEY, write('new'))).rejects.toThrow('lost');
  expect(await files.head(KEY)).toBeUndefined();
});

it('takes back what it wrote when the claim is lost meanwhile: the video may have been deleted', async () => {
  await expect(makeVisible(ports, claimLostAt(2), KEY, write('new'))).rejects.toThrow('lost');
  expect(await files.head(KEY)).toBeUndefined();
});

it('takes back nothing that another wrote', async () => {
  const claim = {
    video: aVideo(),
    confirm: async () => {
      if (!(await files.head(KEY))) return;
      await files.write(KEY, 'another', META);
      throw new Error('lost');
    },
  };
  await expect(makeVisible(ports, claim, KEY, write('new'))).rejects.toThrow('lost');
  expect(await files.head(KEY)).toMatchObject({ size: 7 });
});

it('takes back nothing that whoever took over may have written alike', async () => {
  await ports.videos.create(aVideo());
  await expect(makeVisible(ports, claimLostAt(2), KEY, write('new'))).rejects.toThrow('lost');
  expect(await files.head(KEY)).toBeDefined();
});

it('takes back what nobody will want, since the video was cancelled', async () => {
  await ports.videos.create(aVideo());
  await ports.videos.change(aVideo().file_id, (video) => cancelVideo(video, ports.now()));
  await expect(makeVisible(ports, claimLostAt(2), KEY, write('new'))).rejects.toThrow('lost');
  expect(await files.head(KEY)).toBeUndefined();
});

it('writes over nothing that came after it had looked, though the claim stood until then', async () => {
  const claim = { video: aVideo(), confirm: async () => void (await files.write(KEY, 'first', META)) };
  await expect(makeVisible(ports, claim, KEY, write('second'))).rejects.toMatchObject({ code: 'output_raced' });
  expect(await files.head(KEY)).toMatchObject({ size: 5 });
});

it('says so when somebody else wrote in between', async () => {
  const raced = makeVisible(ports, claimLostAt(3), KEY, async (condition) => {
    await files.write(KEY, 'first', META);
    return write('second')(condition);
  });
  await expect(raced).rejects.toMatchObject({ code: 'output_raced', retryable: true });
});
