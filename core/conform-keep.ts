import { deinterlacing } from './conform-fields.ts';
import { toStandardRange } from './conform-hdr.ts';
import { toPlainPixels, toTenBits } from './conform-pixels.ts';
import type { HdrChoice } from './hdr-choice.ts';
import type { ColorTags, HdrFacts, SourceFacts } from './media.ts';
import type { FilterPlan } from './profiles/profile.ts';
import type { Finding } from './report.ts';

const TRANSFERS = { pq: 'smpte2084', hlg: 'arib-std-b67' };
const NAMES = { pq: 'HDR10', hlg: 'HLG' };

/** Whether there is high dynamic range that is to stay; what is standard anyhow is not asked. */
export function keepsHdr({ video }: Pick<SourceFacts, 'video'>, choice: HdrChoice): boolean {
  return choice === 'keep' && video.hdr !== null;
}

/**
 * The plan for a video that stays in high dynamic range: whole pictures, 10-bit 4:2:0 of limited range, and nothing else
 * is touched. There are no repairs: what they know of brightness, colours and noise holds for 8-bit standard range.
 *
 * @throws BadInput `unsupported` for colours that only the licensed decoder can read
 */
export function planKeepingHdr({ video }: Pick<SourceFacts, 'video'>): FilterPlan {
  const fields = deinterlacing(video, null);
  const standard = toStandardRange(video);
  if (!video.hdr || !standard) {
    const { graph, color } = toPlainPixels(video);
    return { graph: [...fields.graph, ...graph].join(','), color, findings: fields.findings };
  }
  const { primaries, matrix } = video.color;
  const color: ColorTags = {
    matrix: matrix && matrix !== 'gbr' ? matrix : 'bt2020nc',
    primaries: primaries ?? 'bt2020',
    transfer: TRANSFERS[video.hdr.kind],
    range: 'tv',
  };
  return {
    graph: [...fields.graph, ...toTenBits(video)].join(','),
    color,
    findings: [...fields.findings, kept(video.hdr)],
    hdr: {
      kind: video.hdr.kind,
      light: video.hdr.light ?? null,
      shown: toStandardRange({ ...video, color })?.graph.join(',') ?? '',
      otherwise: {
        graph: [...fields.graph, ...standard.graph].join(','),
        color: standard.color,
        findings: [...fields.findings, ...standard.findings],
      },
    },
  };
}

function kept({ kind, peak }: HdrFacts): Finding {
  const bright = peak ? `, up to ${Math.round(peak)} cd/m²` : '';
  return {
    subject: 'dynamic_range',
    verdict: 'left',
    found: `The video is in high dynamic range (${NAMES[kind]}${bright}), and was to stay so.`,
    done: 'It was kept, and nothing was repaired: repairs are made for standard range.',
    confidence: 1,
    values: peak ? { peak_nits: Math.round(peak) } : {},
  };
}
