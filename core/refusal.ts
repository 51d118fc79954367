/**
 * Why a change of state did not take place.
 *
 * - `gone`: there is no such record (any more)
 * - `finished`: it already reached a terminal state
 * - `held`: another worker's lease is still good, until `until`
 * - `superseded`: the writer no longer holds the claim (cancelled, replaced, or finished)
 * - `exhausted`: it failed too often
 * - `unchanged`: there is nothing to do
 * - `in_flight`: work on it goes on
 * - `no_source`: its bytes never came
 * - `in_pieces`: it was planned, and is worked on piece by piece
 */
export type RefusalReason =
  | 'gone'
  | 'finished'
  | 'held'
  | 'superseded'
  | 'exhausted'
  | 'unchanged'
  | 'in_flight'
  | 'no_source'
  | 'in_pieces';

/** A refusal is an answer, not an error: races and repeats are everyday life in an at-least-once system. */
export class Refusal {
  readonly reason: RefusalReason;
  readonly until: Date | undefined;

  constructor(reason: RefusalReason, until?: Date) {
    this.reason = reason;
    this.until = until;
  }
}
