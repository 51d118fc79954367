import type { Output, Report } from './report.ts';

/** For programs: one JSON object a line on stdout, an event each. What people might want to know goes to stderr. */
export function jsonReport(out: Output, err: Output): Report {
  const told = new Map<string, string>();
  const emit = (event: string, fields: object) =>
    out.write(`${JSON.stringify({ event, time: new Date().toISOString(), ...fields })}\n`);

  return {
    begin: () => {},
    note: (line) => err.write(`${line}\n`),
    file(status) {
      // Bytes move all the time; a change of a whole per cent is an event.
      const progress = Math.floor(status.progress);
      const metadata = { ...status.metadata, progress: Math.floor(status.metadata.progress) };
      const { file, file_id, stage, analysis, error, outputs } = status;
      const fields = { file, file_id, state: stage, progress, metadata, analysis, error, outputs };
      const now = JSON.stringify(fields);
      if (told.get(file) === now) return;
      told.set(file, now);
      emit('file', fields);
    },
    summary: (count) => emit('end', count),
    close: () => {},
  };
}
