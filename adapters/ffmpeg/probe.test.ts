import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectConflict } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import type { Frame } from '../../core/media.ts';
import { type Clip, makeClip, makeTurnedClip } from '../../test/clips.ts';
import { bytesSource, fileSource } from '../../test/file-source.ts';
import { plainFacts } from '../../test/plain-facts.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { ffmpegTools } from './tools.ts';

const exec = promisify(execFile);
const programs = findFfmpeg();
const media = ffmpegTools({ ...programs, log: silentLog });
const never = new AbortController().signal;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-'));
});
afterAll(() => rm(folder, { recursive: true }));

const probe = async (clip: Clip) => media.probe(await fileSource(await makeClip(folder, clip)), never);
const probeBytes = (bytes: string | Uint8Array) => media.probe(bytesSource(Buffer.from(bytes)), never);

describe('probe', () => {
  it('tells the facts and passes ffprobe’s report on, without an address', async () => {
    const { facts, report } = await probe('plain.mp4');
    const sound = { index: 1, codec: 'aac', channels: 1, language: null, title: null, default: true };
    const heard = { ...sound, start: 0, duration: 1 };
    expect(facts).toEqual({
      ...plainFacts({ width: 160, height: 120, frames: 25, fieldOrder: 'progressive' }),
      audio: heard,
      sounds: [heard],
    });
    expect(report.format).toMatchObject({ format_name: 'mov,mp4,m4a,3gp,3g2,mj2', nb_streams: 2 });
    expect(report.streams).toHaveLength(2);
    expect(JSON.stringify(report)).not.toContain('127.0.0.1');
  });

  it.each(['stream.ts', 'old.avi', 'web.webm', 'anim.gif', 'ten-bit.mkv'] as const)('reads %s', async (clip) => {
    const { facts } = await probe(clip);
    expect(facts.video).toMatchObject({ width: 160, height: 120 });
    expect(facts.duration).toBeCloseTo(1, 0);
  });

  it('knows colours, silence, and a length that nobody wrote down', async () => {
    const bt709 = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' };
    expect((await probe('bt709.mp4')).facts.video.color).toMatchObject(bt709);
    expect((await probe('full-range.mp4')).facts.video.color.range).toBe('pc');
    expect((await probe('silent.mp4')).facts.audio).toBeNull();
    expect((await probe('unknown-length.webm')).facts.duration).toBe(1);
  });

  it('reads titles in the letters of an older Windows, beside others', async () => {
    const path = join(folder, 'titled.avi');
    const tags = ['-metadata', 'title=G_rten f_r', '-metadata', 'artist=Žofie'];
    await exec(programs.ffmpeg, [
      '-v',
      'error',
      '-y',
      '-i',
      await makeClip(folder, 'old.avi'),
      '-c',
      'copy',
      ...tags,
      path,
    ]);
    const bytes = await readFile(path);
    const at = bytes.indexOf('G_rten f_r');
    bytes.set([0xe4], at + 1);
    bytes.set([0xfc], at + 8);
    const { facts, report } = await media.probe(bytesSource(bytes), never);
    expect(facts.tags).toMatchObject({ title: 'Gärten für', artist: 'Žofie' });
    expect(report.format.tags).toMatchObject({ title: 'Gärten für', artist: 'Žofie' });
  });

  it.each([
    ['sound-only.m4a', 'This file holds no video, only audio.'],
    ['cover.mp4', 'This file holds no video, only audio.'],
  ] as const)('refuses %s', async (clip, message) => {
    await expect(probe(clip)).rejects.toMatchObject({ code: 'not_a_video', message, retryable: false });
  });

  it('refuses what is no video at all, in words', async () => {
    const unreadable = { code: 'unreadable', retryable: false, message: expect.stringMatching(/could not be read as/) };
    await expect(probeBytes('')).rejects.toMatchObject(unreadable);
    await expect(probeBytes('Dear diary,\n'.repeat(1000))).rejects.toMatchObject(unreadable);
    await expect(probeBytes(new Uint8Array(100_000))).rejects.toMatchObject(unreadable);
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const picture = { code: 'not_a_video', retryable: false, message: 'This file is a picture (png), not a video.' };
    await expect(probeBytes(png)).rejects.toMatchObject(picture);
    const noHeader = (await readFile(await makeClip(folder, 'plain.mp4'))).subarray(0, 3000);
    await expect(probeBytes(noHeader)).rejects.toMatchObject(unreadable);
    await expect(probeBytes(noHeader)).rejects.not.toThrow(/127\.0\.0\.1/);
  });

  it('blames storage, and not the file, when that cannot be read', async () => {
    const { size } = await fileSource(await makeClip(folder, 'plain.mp4'));
    const gone = new ObjectConflict('object_gone', 'There is no object.');
    await expect(media.probe({ size, read: () => Promise.reject(gone) }, never)).rejects.toBe(gone);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const hanging = media.probe({ size: 100, read: () => new Promise(() => {}) }, stop.signal);
    setTimeout(() => stop.abort(new Error('told to stop')), 100);
    await expect(hanging).rejects.toThrow('told to stop');
  });
});

describe('a file that points elsewhere', () => {
  it('makes FFmpeg reach neither files nor addresses', async () => {
    const video = await makeClip(folder, 'plain.mp4');
    const visits: string[] = [];
    const server = createServer((request, response) => {
      visits.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const traps = [
      `ffconcat version 1.0\nfile '${video}'\n`,
      `file '${video}'\n`,
      `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${address}/segment.ts\n#EXTINF:1,\nfile://${video}\n#EXT-X-ENDLIST\n`,
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1"><BaseURL>${address}/dash.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 15099 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
      `[playlist]\nFile1=${address}/list\n`,
    ];
    try {
      for (const trap of traps) {
        // Padded: FFmpeg looks at the beginning of a file only.
        const source = bytesSource(Buffer.from(trap.padEnd(4096, '\n')));
        await expect(media.probe(source, never)).rejects.toMatchObject({ code: 'unreadable' });
        await expect(media.firstFrame(source, never)).rejects.toMatchObject({ code: 'undecodable' });
      }
      expect(visits).toEqual([]);
    } finally {
      server.close();
    }
  });
});

const pixel = ({ width, bgr }: Frame, x: number, y: number) => bgr.slice((y * width + x) * 3, (y * width + x + 1) * 3);

describe('firstFrame', () => {
  it('is the picture, packed', async () => {
    const frame = await media.firstFrame(await fileSource(await makeClip(folder, 'odd.mp4')), never);
    expect([frame.width, frame.height, frame.bgr.length]).toEqual([101, 75, 101 * 75 * 3]);
    // Colour bars: not one colour, and no row of padding among them.
    expect(new Set(frame.bgr).size).toBeGreaterThan(20);
  });

  it('stands as a player shows it', async () => {
    const turned = await media.firstFrame(await fileSource(await makeTurnedClip(folder)), never);
    const plain = await media.firstFrame(await fileSource(await makeClip(folder, 'silent.mp4')), never);
    expect([turned.width, turned.height]).toEqual([120, 160]);
    // A quarter counter-clockwise: the top right corner has come to the top left, the top left to the bottom left.
    expect(pixel(turned, 0, 0)).toEqual(pixel(plain, 159, 0));
    expect(pixel(turned, 0, 159)).toEqual(pixel(plain, 0, 0));
    expect(pixel(plain, 159, 0)).not.toEqual(pixel(plain, 0, 0));
  });

  it('is refused where nothing can be decoded', async () => {
    const path = await makeClip(folder, 'plain.mp4');
    const bytes = await readFile(path);
    const data = bytes.indexOf('mdat');
    const broken = join(folder, 'broken.mp4');
    await writeFile(broken, bytes.fill(0, data + 4, data + 4 + bytes.readUInt32BE(data - 4) - 8));
    await expect(media.firstFrame(await fileSource(broken), never)).rejects.toMatchObject({ code: 'undecodable' });
  });
});
