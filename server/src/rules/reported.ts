import type { Report } from './rule';

/** Collects what rules report, one rule after the other. */
export class Reported<Found> {
  private findings: Found[] = [];

  readonly report: Report<Found> = (finding) => {
    this.findings.push(finding);
  };

  /** What was reported since somebody asked the last time: nearly always nothing. */
  take(): readonly Found[] {
    const { findings } = this;
    if (findings.length === 0) return NOTHING;
    this.findings = [];
    return findings;
  }
}

const NOTHING: readonly never[] = [];
