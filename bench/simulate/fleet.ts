import type { Agenda } from './agenda.ts';
import { type Machine, machine, type Running } from './machine.ts';
import { type Random, random } from './random.ts';
import type { Rule, Seen } from './scaling.ts';

export interface FleetSettings {
  rule: Rule;
  /** Seconds from asking for a worker to its first look into the lanes; give or take a third. */
  start: number;
  /** Processors of each worker; or of the one machine that all of them share. */
  cores: number;
  shared?: boolean;
  /** A worker is taken away, with a warning, once in so many hours on average. */
  interrupted?: number;
}

/**
 * Fargate starts a hundred tasks at once (and then twenty a second), one ECS service five hundred a minute.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
const LAUNCHES = { burst: 100, perSecond: 500 / 60 };
/** Seconds. https://aws.amazon.com/fargate/pricing/ */
const LEAST_BILLED = 60;

export interface Worker {
  machine: Machine;
  launched: number;
  state: 'starting' | 'idle' | 'busy' | 'gone';
  /** It finishes what it has in hand, and takes nothing more. */
  leaving?: boolean;
  /** What it is doing, once that has begun. */
  running?: Running | undefined;
}

export interface Fleet {
  /** Those that are there. */
  present(): number;
  /** One that has nothing to do, and now will have. */
  claim(): Worker | undefined;
  /** It has nothing to do any more; it may have to go. */
  release(worker: Worker): void;
  /** It goes now. */
  retire(worker: Worker): void;
  /** Whether there are more than there ought to be. */
  isTooMany(): boolean;
  usage(): FleetUsage;
}

export interface FleetUsage {
  /** That are paid for: from the launch on. */
  workerSeconds: number;
  launches: number;
  interruptions: number;
  most: number;
}

export interface FleetPorts {
  agenda: Agenda;
  seed: number;
  /** What the rule looks at. */
  look(): Pick<Seen, 'queued' | 'left' | 'tasks'>;
  /** Whether anything may still happen. */
  isOver(): boolean;
  /** Somebody has come who has nothing to do. */
  ready(): void;
  /** The warning came to somebody who is busy. */
  warned(worker: Worker): void;
}

/** Workers as an ECS service keeps them: as many as its rule says, never ending one that is busy. */
export function newFleet(settings: FleetSettings, ports: FleetPorts): Fleet {
  const { agenda, look, isOver, ready, warned } = ports;
  const { rule, start, cores, shared = false, interrupted } = settings;
  const chance: Random = random(ports.seed);
  const decide = rule.begin();
  const common = shared ? machine(agenda, cores) : undefined;
  const idle = new Set<Worker>();
  const starting = new Set<Worker>();
  let [wanted, present, next] = [0, 0, -LAUNCHES.burst / LAUNCHES.perSecond];
  const usage: FleetUsage = { workerSeconds: 0, launches: 0, interruptions: 0, most: 0 };

  const launch = () => {
    // A bucket of tokens: it is never fuller than a burst.
    next = Math.max(next, agenda.now() - LAUNCHES.burst / LAUNCHES.perSecond) + 1 / LAUNCHES.perSecond;
    const worker: Worker = { machine: common ?? machine(agenda, cores), launched: agenda.now(), state: 'starting' };
    starting.add(worker);
    usage.launches += 1;
    agenda.after(Math.max(0, next - agenda.now()) + start * chance.between(2 / 3, 4 / 3), () => {
      if (worker.state !== 'starting') return;
      starting.delete(worker);
      present += 1;
      usage.most = Math.max(usage.most, present);
      if (interrupted) agenda.after(chance.exponential(interrupted * 3600), () => interrupt(worker));
      becomeIdle(worker);
    });
  };
  const becomeIdle = (worker: Worker) => {
    worker.state = 'idle';
    worker.running = undefined;
    idle.add(worker);
    ready();
  };
  const interrupt = (worker: Worker) => {
    if (worker.state === 'gone') return;
    usage.interruptions += 1;
    if (worker.state === 'busy') warned(worker);
    else retire(worker);
    adjust();
  };
  const retire = (worker: Worker) => {
    if (worker.state === 'gone') return;
    if (worker.state === 'starting') starting.delete(worker);
    else present -= 1;
    idle.delete(worker);
    worker.state = 'gone';
    usage.workerSeconds += Math.max(LEAST_BILLED, agenda.now() - worker.launched);
  };
  const isTooMany = () => present + starting.size > wanted;
  const adjust = () => {
    while (present + starting.size < wanted) launch();
    for (const worker of [...starting].reverse()) if (isTooMany()) retire(worker);
    for (const worker of idle) if (isTooMany()) retire(worker);
  };
  const tick = () => {
    if (isOver()) wanted = 0;
    else wanted = decide({ now: agenda.now(), ...look(), running: present, starting: starting.size });
    adjust();
    if (!isOver()) agenda.after(rule.every, tick);
  };
  agenda.after(0, tick);

  return {
    present: () => present,
    claim() {
      for (const worker of idle) {
        idle.delete(worker);
        worker.state = 'busy';
        return worker;
      }
      return undefined;
    },
    release(worker) {
      if (worker.state === 'gone') return;
      if (worker.leaving || isTooMany()) retire(worker);
      else becomeIdle(worker);
    },
    retire,
    isTooMany,
    usage: () => usage,
  };
}
