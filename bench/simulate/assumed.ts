/*
 * What the simulation takes for granted because nobody measured it here: Reelight has not run on AWS yet. Each is a
 * guess of a size that people report; measure it there, and put it here.
 */

/** A Fargate task: x264 with one thread keeps one processor busy. A 1080p encode takes about 550 MiB. */
export const WORKER = { vcpu: 1, gigabytes: 2 };

/** Seconds from RunTask to a worker that looks into its lanes: an address, the image, Node. */
export const START_SECONDS = 60;

/** Spot takes a worker away about once in so many hours. AWS publishes no figure for Fargate. */
export const SPOT_HOURS = 20;

/** Seconds from the last byte of an upload to its task with the broker: S3's event, SQS, the function. */
export const DISPATCH_SECONDS = 1;

/**
 * Seconds between two tasks of a worker beyond what was measured without a network: the broker's answers, the rows that
 * claiming reads and writes, the plan from S3, the first bytes of the source.
 */
export const HOP_SECONDS = 0.15;

/** Who watches a video: whoever uploaded it, now and then on two screens. */
export const LISTENERS = 1.5;

/** Seconds of the notify function for a change that somebody is told of, and for one that nobody is. */
export const TELLING_SECONDS = { told: 0.03, untold: 0.002 };
/** GB of the notify and the API functions, about. */
export const FUNCTION_GIGABYTES = 0.5;

/** Seconds and GB of the metadata function for one video, and how many the event source mapping gives it at a time. */
export const METADATA = { seconds: 3, gigabytes: 1.8, batch: 10 };
