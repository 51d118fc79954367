import { expect, it } from 'vitest';
import { ClientError, ConnectionError } from '../client/index.ts';
import { inWords } from './problem.ts';

it('promises nothing of what was asked in vain', () => {
  const words = inWords(new ConnectionError('unreachable', 'http://somewhere cannot be reached.'));
  expect(words).toBe('The server cannot be reached. Check the connection, and try again.');
});

it('says whose fault it is, and the server’s own words for the rest', () => {
  expect(inWords(new ClientError(500, 'internal_error', 'it broke'))).toMatch(/^It broke\. .*server’s fault/);
  expect(inWords(new ClientError(409, 'in_flight', 'wait for its end'))).toBe('Wait for its end.');
  expect(inWords(new ClientError(400, 'invalid_request', 'size: at most 21474836480 bytes'))).toBe(
    'Size: at most 21.5 GB.',
  );
  expect(inWords(new ClientError(404, 'file_not_found', 'File not found'))).toMatch(/not here any more/);
});
