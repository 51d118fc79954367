/* The words by which programs know what was refused or went wrong. They stay when the sentences beside them change. */

type Code = [code: string, status: number, meaning: string];

/** Of refused calls: problem+json's `code`. */
export const PROBLEM_CODES: Code[] = [
  ['invalid_request', 400, 'A field is missing, wrong or not known; `field` names it.'],
  ['invalid_json', 400, 'The body is not JSON.'],
  ['not_a_video', 400, 'Neither the name nor the type says that the file is a video.'],
  ['missing_file', 400, 'The form has no `file`.'],
  ['unknown_part', 400, 'The upload has no part of this number.'],
  ['invalid_parts', 400, 'Not all parts were named, or one is not what S3 holds.'],
  ['bad_cursor', 400, 'The cursor is of another list, or was changed.'],
  ['not_signed_in', 401, 'Sign in first, or the token is of no use any more.'],
  ['not_through_edge', 403, 'This is not the address to call.'],
  ['file_not_found', 404, 'There is no such video, or it is another’s.'],
  ['no_such_route', 404, 'There is nothing at this address.'],
  ['no_sign_in', 404, 'Nobody signs in here, so that there are no tickets.'],
  ['idempotency_conflict', 409, 'The key came with another request before.'],
  ['not_multipart', 409, 'The upload is sent in one PUT, not in parts.'],
  ['upload_incomplete', 409, 'The file has not arrived yet.'],
  ['upload_complete', 409, 'The file has arrived: cancel or delete the video instead.'],
  ['upload_gone', 409, 'The upload was completed or aborted: it takes no more parts.'],
  ['already_finished', 409, 'There is nothing to cancel any more.'],
  ['in_flight', 409, 'It is being worked on: cancel it first, or wait.'],
  ['no_source', 409, 'The file never came, so it cannot be tried again.'],
  ['upload_expired', 410, 'The time to send the file has run out: begin anew.'],
  ['payload_too_large', 413, 'A form cannot carry so much: use a presigned upload.'],
  ['unsupported_media_type', 415, 'Neither JSON nor a form.'],
  ['too_many_uploads', 429, 'One client may begin no more videos within this hour; `Retry-After` says when.'],
  ['too_many_requests', 429, 'One address asks too often.'],
  ['too_many_videos', 503, 'As many videos as there can be are being worked on.'],
  ['internal_error', 500, 'A mistake on this side.'],
];

/** Of a process that failed: its `error_code`. */
export const FAILURE_CODES: [code: string, meaning: string][] = [
  ['unreadable', 'The file is no video, is damaged, or is in a format that is not taken.'],
  ['not_a_video', 'It holds only sound, or is a single picture.'],
  ['undecodable', 'Its pictures cannot be decoded, or it is cut off.'],
  ['unsupported', 'It can be read, but not shown: Dolby Vision without a base, for one.'],
  ['not_playable', 'No copy for comparing can be made of it.'],
  ['too_long', 'It is longer than videos may be.'],
  ['too_large', 'Its pictures are larger than they may be.'],
  ['too_fast', 'It has more pictures a second than it may.'],
  ['too_costly', 'Working on it takes more time, memory or space than one video may take.'],
  ['upload_expired', 'Its file was not sent in time.'],
  ['no_worker', 'No worker took it up within a day.'],
  ['workers_lost', 'It made its workers stop again and again.'],
  ['internal_error', 'A mistake on this side. Other codes are of faults that may pass: try again.'],
];

/** Both lists as Markdown. */
export function codeTables(): string[] {
  return [
    '## Codes',
    '',
    'Programs go by these; the sentences beside them are for people, and may change. Of calls, as `code`:',
    '',
    '| code | status | what it means |',
    '| --- | --- | --- |',
    ...PROBLEM_CODES.map(([code, status, meaning]) => `| \`${code}\` | ${status} | ${meaning} |`),
    '',
    'A 503 with another code is a fault that passes: ask again in a moment. Of processes that failed, as `error_code`:',
    '',
    '| code | what it means |',
    '| --- | --- |',
    ...FAILURE_CODES.map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ];
}
