import type { Analysis, KnownPlace } from '../analysis';
import type { Directive } from '../catalogue/directives';
import type { Entry, SourceRange } from '../configuration/entries';
import type { TargetMachine } from '../model/machine';
import type { Serving } from '../mounts/serving';
import type { Site, SitePart } from '../mounts/site';
import type { OptionWord } from '../option-words';
import type { Range } from '../syntax/nodes';
import type { Line } from '../syntax/walk';

export type { TargetMachine };

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A place that explains a finding. */
export interface RelatedPlace {
  readonly range: Range;
  readonly message: string;
}

/** What a rule found. */
export interface Finding {
  readonly range: Range;
  readonly message: string;
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
  readonly related?: readonly RelatedPlace[];
  /** Text that would be right in place of the range, for a quick-fix. */
  readonly replacement?: string;
}

/** Takes what a rule finds. */
export type Report<Found> = (finding: Found) => void;

/** What the catalogue says about a line and its place. */
export interface LineContext {
  readonly place: KnownPlace;
  /** True inside `<Macro>`, where words are parts of texts. */
  readonly inMacro: boolean;
  readonly directive: Directive | undefined;
  readonly analysis: Analysis;
}

type LineOf<Kind extends Line['kind']> = { [K in Line['kind']]: Extract<Line, { kind: K }> }[Kind];

/** A line with its context. */
export type RuleLine<Kind extends Line['kind'] = Line['kind']> = LineContext & {
  readonly line: LineOf<Kind>;
};

/** A line of a mod_wsgi directive that takes `name=value` options. */
export type OptionLine = RuleLine<'directive'> & {
  /** Those that can be judged: not what a template or a variable completes, nothing behind a trailing comment. */
  readonly options: readonly OptionWord[];
};

/**
 * What one line says by itself. It may look at the line, at the kind of its file and at the names of the sections around it (of
 * `<IfModule>` also at the module), at nothing else: what was found in a line is remembered by these.
 */
export type Check<Kind extends Line['kind']> = (line: RuleLine<Kind>, report: Report<Finding>) => void;

/** A change that would correct a finding. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly at: SourceRange; readonly text: string }[];
}

/** What a rule over the whole configuration found. */
export interface SiteFinding {
  readonly at: SourceRange;
  readonly message: string;
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
  readonly related?: readonly { readonly at: SourceRange; readonly message: string }[];
  readonly fixes?: readonly Fix[];
}

/** What a configuration is for, as the user says. */
export type Profile = 'production' | 'debug' | 'coverage';

/** What a rule over the whole configuration may look at. */
export interface SiteContext {
  readonly site: Site;
  /** Undefined if the configuration is not known to be for the machine at hand. */
  readonly machine: TargetMachine | undefined;
  /** Of the server's mod_wsgi; undefined for the latest. */
  readonly version: string | undefined;
  /** What the configuration is for. */
  readonly profile: Profile;
  /** The main file above, if it does not read this one. */
  readonly outsideOf: string | undefined;
}

/** What a rule over an access file may look at. */
export interface AccessFileContext {
  /** What stands in the file. */
  readonly entries: readonly Entry[];
  /** How the hosts that lead to its folder treat it. */
  readonly servings: readonly Serving[];
}

/**
 * What a rule over one part of a configuration may look at. The part is what it goes through; what it looks at beside it is noted, and
 * the rule is asked again when that has changed (see `configuration/reads.ts`).
 */
export interface PartContext extends SiteContext {
  readonly part: SitePart;
}

/** A row of the rule table. */
export interface Rule {
  /** Stable: the diagnostic's code, the key of its page and of its setting. */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence for the documentation. */
  readonly summary: string;
  /**
   * The directives and sections (`<` in front of their names) that `directive`, `options` and `part` are about: they are asked only of
   * such lines, and of parts that hold one. Without it they are asked of all.
   */
  readonly about?: readonly string[];
  readonly directive?: Check<'directive'>;
  /** Not called inside macros, whose parameters can be anything. */
  readonly options?: (line: OptionLine, report: Report<Finding>) => void;
  readonly open?: Check<'open'>;
  readonly close?: Check<'close'>;
  /** What needs more than one line. */
  readonly file?: (analysis: Analysis, report: Report<Finding>) => void;
  /** What needs the assembled configuration, and finds in each part of it by itself. */
  readonly part?: (context: PartContext, report: Report<SiteFinding>) => void;
  /** What needs the assembled configuration as a whole. */
  readonly site?: (context: SiteContext, report: Report<SiteFinding>) => void;
  /** What needs the server that reads an access file. */
  readonly accessFile?: (context: AccessFileContext, report: Report<SiteFinding>) => void;
  /**
   * `root`: of use only where the main file is known; `information` if an Include could not be followed. `machine`: of use only where
   * the configuration is for the machine at hand.
   */
  readonly needs?: 'root' | 'machine';
  readonly tags?: readonly ('unnecessary' | 'deprecated')[];
}
