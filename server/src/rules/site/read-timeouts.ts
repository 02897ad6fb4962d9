import { entriesOf } from '../../configuration/configuration';
import { ancestorsOf, type ConfigWord, type Entry } from '../../configuration/entries';
import type { SitePart } from '../../mounts/site';
import type { Rule } from '../rule';
import { replaceWord } from './common';

/** One `stage=timeout-max,MinRate=rate` of RequestReadTimeout. */
interface Stage {
  readonly word: ConfigWord;
  readonly name: string;
  readonly timeout: number;
  readonly max: number | undefined;
  readonly rate: number | undefined;
}

const FORM = /^(handshake|header|body)=(\d+)(?:-(\d+))?(?:,MinRate=(-?\d+))?$/i;

const ABOUT = ['RequestReadTimeout'];

const entries = (part: SitePart): readonly Entry[] => part.of('RequestReadTimeout');

const stages = (part: SitePart): readonly Stage[] =>
  entries(part)
    .flatMap(({ words }) => words)
    .flatMap((word) => {
      const [, name, timeout, max, rate] = FORM.exec(word.value) ?? [];
      if (!word.known || name === undefined) return [];
      return [
        {
          word,
          name: name.toLowerCase(),
          timeout: Number(timeout),
          max: max === undefined ? undefined : Number(max),
          rate: rate === undefined ? undefined : Number(rate),
        },
      ];
    });

export const syntax: Rule = {
  id: 'reqtimeout-syntax',
  severity: 'error',
  summary: 'RequestReadTimeout cannot be read.',
  about: ABOUT,
  part({ part }, report) {
    for (const { words } of entries(part))
      for (const word of words)
        if (word.known && !FORM.test(word.value))
          report({
            at: word,
            message: `Cannot read \`${word.value}\`; expected \`header=20-40,MinRate=500\`.`,
          });
  },
};

export const rangeWithoutRate: Rule = {
  id: 'reqtimeout-range-without-minrate',
  severity: 'error',
  summary: 'A maximum of RequestReadTimeout needs a minimum rate.',
  about: ABOUT,
  part({ part }, report) {
    for (const { word, max, rate } of stages(part))
      if (max !== undefined && rate === undefined)
        report({
          at: word,
          message: 'A maximum only makes sense with a minimum rate; Apache refuses this.',
          fixes: [replaceWord(word, `${word.value},MinRate=500`)],
        });
  },
};

export const maxNotGreater: Rule = {
  id: 'reqtimeout-max-not-greater',
  severity: 'error',
  summary: 'The maximum of RequestReadTimeout is not greater than the first limit.',
  about: ABOUT,
  part({ part }, report) {
    for (const { word, timeout, max } of stages(part))
      if (max !== undefined && max <= timeout)
        report({ at: word, message: `Maximum ${max} must be greater than the initial ${timeout}.` });
  },
};

export const rateZero: Rule = {
  id: 'reqtimeout-minrate-zero',
  severity: 'error',
  summary: 'The minimum rate of RequestReadTimeout is not positive.',
  about: ABOUT,
  part({ part }, report) {
    for (const { word, rate } of stages(part))
      if (rate !== undefined && rate <= 0)
        report({
          at: word,
          message: 'The minimum rate must be greater than 0; leave it out for a fixed limit.',
          fixes: [replaceWord(word, word.value.replace(/,MinRate=.*$/i, ''))],
        });
  },
};

export const disabled: Rule = {
  id: 'reqtimeout-disabled',
  severity: 'information',
  summary: 'A read timeout is switched off.',
  about: ABOUT,
  part({ part }, report) {
    for (const { word, name, timeout } of stages(part))
      if (timeout === 0 && name !== 'handshake')
        report({
          at: word,
          message:
            'Without a read timeout slow clients can occupy Apache workers (and, for the body, a daemon thread) indefinitely.',
        });
  },
};

/** Bodies of this size are uploads. */
const LARGE_BODY = 10 * 1024 * 1024;

export const bodyVersusUpload: Rule = {
  id: 'reqtimeout-body-vs-upload',
  severity: 'warning',
  summary: 'Large uploads are cut by the read timeout of the body.',
  about: ABOUT,
  part({ part, site }, report) {
    const limits = entriesOf(site.configuration, 'LimitRequestBody').map(({ words }) =>
      Number(words[0]?.value),
    );
    const uploads = limits.some((limit) => limit === 0 || limit > LARGE_BODY);
    if (!uploads) return;
    for (const { word, name, timeout, max, rate } of stages(part)) {
      if (name !== 'body' || timeout === 0) continue;
      if (rate !== undefined && rate <= 5000 && max === undefined) continue;
      report({
        at: word,
        message: `A body that takes longer than ${max ?? timeout} s is cut: 408 for the client, \`OSError: … request data read error\` in the application.`,
        fixes: [replaceWord(word, 'body=20,MinRate=500')],
      });
    }
  },
};

export const wrongContext: Rule = {
  id: 'reqtimeout-wrong-context',
  severity: 'error',
  summary: 'RequestReadTimeout stands only at server or virtual host level.',
  about: ABOUT,
  part({ part }, report) {
    for (const entry of entries(part)) {
      const section = ancestorsOf(entry).find(({ key }) => key !== '<virtualhost');
      if (section)
        report({
          at: entry.nameRange,
          message: 'Only at server or virtual-host level.',
          related: [{ at: section.nameRange, message: 'not in this section' }],
        });
    }
  },
};
