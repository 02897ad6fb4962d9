import type { ServerPlan } from '../plan';
import type { ServerRootLayout } from '../server-root/layout';

/** A few lines of configuration that belong together, under a comment that says what they are for. */
export interface Block {
  readonly comment: string;
  readonly lines: readonly string[];
}

/** Makes the lines for one concern; none where a plan does not need it. */
export type BlockMaker = (plan: ServerPlan, layout: ServerRootLayout) => Block;

/** Lines inside a section such as `<Directory "/">`. */
export const section = (opening: string, lines: readonly string[]): string[] => [
  `<${opening}>`,
  ...lines.map((line) => `    ${line}`),
  `</${opening.split(' ')[0]}>`,
];
