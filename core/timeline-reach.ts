/** Filters that look at one picture at a time. */
const ALONE = new Set([
  ...['null', 'scale', 'zscale', 'format', 'setparams', 'setsar', 'crop', 'pad', 'fillborders', 'hflip', 'vflip'],
  ...[
    'transpose',
    'rotate',
    'convolution',
    'unsharp',
    'nlmeans',
    'vaguedenoiser',
    'gblur',
    'lut',
    'lutrgb',
    'lutyuv',
    'removegrain',
  ],
  ...[
    'curves',
    'eq',
    'hue',
    'colorbalance',
    'colorchannelmixer',
    'colorlevels',
    'colorspace',
    'tonemap',
    'spp',
    'deband',
  ],
]);

/** How many pictures on either side a filter with a finite window looks at, by its options. */
const WINDOWS: Record<string, (options: string) => number | null> = {
  // Its size is odd, and 9 where it is not said; by position it is the seventh.
  atadenoise: (options) => {
    const [, size = '9'] = /(?:^|:)s=(\d+)(?::|$)/.exec(options) ?? [];
    return (Number(size) - 1) / 2;
  },
  bwdif: () => 1,
  yadif: () => 1,
};

/**
 * How many pictures before and after a chunk its filters have to be shown so that what they make of the chunk is what
 * they would make of it in the whole video. Null when no number is enough or none is known: recursive filters
 * (`hqdn3d`), those that change the number of pictures or their times, and any that is not listed here.
 *
 * @param graph a chain of filters as FFmpeg's `-vf` takes it
 */
export function reachOf(graph: string): number | null {
  if (/[[\];]/.test(unquoted(graph))) return null;
  let reach = 0;
  for (const filter of filtersIn(graph)) {
    const [name = '', ...options] = filter.split('=');
    const own = ALONE.has(name) ? 0 : (WINDOWS[name]?.(options.join('=')) ?? null);
    if (own === null || !Number.isInteger(own)) return null;
    reach += own;
  }
  return reach;
}

/** The filters of a chain: between commas that are neither in quotes nor escaped. */
function filtersIn(graph: string): string[] {
  const filters = [''];
  for (const [token] of graph.matchAll(/'[^']*'|\\.|./gs)) {
    if (token === ',') filters.push('');
    else filters[filters.length - 1] += token;
  }
  return filters.map((filter) => filter.trim()).filter(Boolean);
}

function unquoted(graph: string): string {
  return graph.replaceAll(/'[^']*'|\\./g, '');
}
