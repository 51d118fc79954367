import type { Agenda } from './agenda.ts';

/** Seconds that something takes when nothing else is in the way, and of how many seconds of processor time. */
export interface Effort {
  wall: number;
  cpu: number;
}

/** Processors that share themselves evenly among what runs on them. */
export interface Machine {
  run(effort: Effort, done: () => void): Running;
}

export interface Running {
  /** How much of it is done, 0 to 1. */
  share(): number;
  /** Seconds that it will still take, if nothing changes. */
  left(): number;
  stop(): void;
}

interface Job {
  effort: Effort;
  /** Of the wall. */
  left: number;
  done: () => void;
}

export function machine(agenda: Agenda, cores: number): Machine {
  const jobs = new Set<Job>();
  let [since, rate] = [0, 1];
  let callOff = () => {};

  /** Books what was done since the last change. */
  const settle = () => {
    const passed = (agenda.now() - since) * rate;
    for (const job of jobs) job.left -= passed;
    since = agenda.now();
  };
  /** What wants more of the processors than there is of them goes slower, all of it alike. */
  const go = () => {
    callOff();
    let [wanted, next] = [0, undefined as Job | undefined];
    for (const job of jobs) {
      wanted += job.effort.wall > 0 ? job.effort.cpu / job.effort.wall : 0;
      if (!next || job.left < next.left) next = job;
    }
    rate = wanted > cores ? cores / wanted : 1;
    const first = next;
    callOff = first ? agenda.after(first.left / rate, () => end(first)) : () => {};
  };
  const end = (job: Job) => {
    settle();
    jobs.delete(job);
    go();
    job.done();
  };

  return {
    run(effort, done) {
      settle();
      const job: Job = { effort, left: effort.wall, done };
      jobs.add(job);
      go();
      const left = () => Math.max(0, job.left - (jobs.has(job) ? (agenda.now() - since) * rate : 0));
      return {
        share: () => (effort.wall > 0 ? 1 - left() / effort.wall : 1),
        left: () => left() / rate,
        stop: () => {
          settle();
          if (jobs.delete(job)) go();
        },
      };
    },
  };
}
