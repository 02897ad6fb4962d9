import { type Directive, serverName } from '../catalogue/directives';
import { isStartupCondition } from '../catalogue/places';
import { splitWord } from '../syntax/words';
import { cutArguments } from './arguments';
import { evaluateCondition } from './conditions';
import { resolveInclude } from './include';
import { bodySource, fileSource, Input } from './input';
import { loadModule } from './load-module';
import { defineMacro, undefineMacro, useMacro } from './macros';
import { bareName, type ConfigNode, type Origin } from './nodes';
import type { ReadState } from './state';
import { evaluateVersion } from './version';

/** Include and folders nest at most this deep in httpd. */
const MAX_INCLUDE_DEPTH = 128;

const COLON_IN_NAME = "Variable name must not contain ':'";

/** The first mistake found while reading, with the place httpd names. */
export interface ReadProblem {
  readonly message: string;
  readonly origin: Origin;
}

/** What a file contributes to the configuration. */
interface FileTree {
  readonly nodes: readonly ConfigNode[];
  readonly problem?: ReadProblem;
}

/**
 * Reads a file as httpd does: lines expanded, sections nested, startup conditions resolved, includes followed, macros
 * inserted (httpd-grammar §5–8). Stops at the first mistake, because httpd does.
 *
 * @param parent the section that holds the Include, for messages and contexts
 */
export const readFile = (
  state: ReadState,
  name: string,
  text: string,
  depth = 0,
  parent?: ConfigNode,
): FileTree => {
  state.filesRead.push(name);
  return new FileReader(state, new Input(fileSource(name, text)), depth, parent).read();
};

/** The sections open in one file, or in one startup condition of it: only these can be closed there. */
interface Frame {
  readonly top: ConfigNode[];
  readonly open: ConfigNode[];
  readonly outer: ConfigNode | undefined;
}

/** What a directive that acts while reading leads to: nodes in its place, or httpd's message. */
type Effect = string | readonly ConfigNode[] | undefined;

class FileReader {
  /** httpd names the line it read last outside of skipped text. */
  private place: Origin;

  constructor(
    private readonly state: ReadState,
    private readonly input: Input,
    private readonly depth: number,
    private readonly parent: ConfigNode | undefined,
  ) {
    this.place = input.origin;
  }

  read(): FileTree {
    const frame: Frame = { top: [], open: [], outer: this.parent };
    for (let line = this.input.next(); line !== undefined; line = this.input.next()) {
      const message = this.readLine(line, frame);
      if (message !== undefined) return this.failed(frame, message);
    }
    return frame.open.length === 0 ? { nodes: frame.top } : this.failed(frame, this.unclosed(frame));
  }

  private failed(frame: Frame, message: string): FileTree {
    return { nodes: frame.top, problem: { message, origin: this.place } };
  }

  private unclosed(frame: Frame): string {
    const inward = [...frame.open].reverse();
    this.place = frame.open[0]?.origin ?? this.place;
    return inward
      .map(({ name, origin }) => `${origin.file}:${origin.line}: ${name}> was not closed.`)
      .join('\n');
  }

  private readLine(line: string, frame: Frame): string | undefined {
    if (line === '' || line.startsWith('#')) return undefined;
    const { origin } = this.input;
    const text = this.state.expand(line, origin);
    const first = splitWord(text, 0);
    if (first.value === '') return undefined;
    this.place = origin;
    const closing = first.value[1] === '/';
    const name = closing ? first.value : first.value.replace(/>$/, '');
    const rest = text.slice(first.next);
    const args = name.startsWith('<') && !closing && rest === '' ? '>' : rest;
    const known = this.state.knows(name);
    const parent = frame.open.at(-1) ?? frame.outer;
    if (known?.onRead) {
      const effect = this.actNow(known, args, parent);
      if (typeof effect === 'string') return effect;
      for (const node of effect ?? []) this.add(frame, node);
      return undefined;
    }
    if (name.startsWith('</')) return closeSection(frame, name);
    const node: ConfigNode = { name, args, origin, parent, children: [] };
    this.add(frame, node);
    if (name.startsWith('<')) frame.open.push(node);
    return undefined;
  }

  private add(frame: Frame, node: ConfigNode): void {
    (frame.open.at(-1)?.children ?? frame.top).push(node);
  }

  /** Runs a directive that acts while the file is read. */
  private actNow(directive: Directive, args: string, parent: ConfigNode | undefined): Effect {
    const name = serverName(directive);
    if (directive.section && isStartupCondition(directive.name) && directive.args === 'RAW_ARGS') {
      const condition = evaluateCondition(this.state, directive.name, args);
      return condition.problem ?? this.branch(condition.holds, name, parent);
    }
    const cut = cutArguments({ name, args: directive.args, help: directive.help }, args);
    if (cut.problem !== undefined) return cut.problem;
    for (const words of cut.calls) {
      const effect = this.handle(directive, words, args, parent);
      if (effect !== undefined) return effect;
      this.state.executions.push({
        name,
        args: words,
        raw: directive.args === 'RAW_ARGS',
        origin: this.place,
        parent: parent?.name,
      });
    }
    return undefined;
  }

  private handle(
    directive: Directive,
    words: readonly string[],
    raw: string,
    parent: ConfigNode | undefined,
  ): Effect {
    const { state, place } = this;
    const [first = '', second] = words;
    switch (directive.name) {
      case 'IfVersion': {
        const condition = evaluateVersion(words, state.server.version);
        return condition.problem ?? this.branch(condition.holds, '<IfVersion', parent);
      }
      case 'Define':
        if (first.includes(':')) return COLON_IN_NAME;
        state.define(first, second, place);
        return undefined;
      case 'UnDefine':
        if (first.includes(':')) return COLON_IN_NAME;
        state.undefine(first);
        return undefined;
      case 'ServerRoot':
        if (state.machine.files.kind(first) !== 'folder') return 'ServerRoot must be a valid directory';
        state.serverRoot = first.replace(/(.)\/+$/, '$1');
        return undefined;
      case 'LoadModule':
        return loadModule(state, first, second ?? '', place);
      case 'Include':
      case 'IncludeOptional':
        return this.include(first, directive.name === 'IncludeOptional', parent);
      case 'Macro':
        return defineMacro(state, this.input, raw);
      case 'Use':
        return this.use(raw);
      case 'UndefMacro':
        return undefineMacro(state, raw);
      default:
        return undefined;
    }
  }

  /** The lines of a startup condition: read if it holds, else skipped. */
  private branch(holds: boolean, name: string, parent: ConfigNode | undefined): Effect {
    return holds ? this.readBranch(name, parent) : this.skipBranch(name);
  }

  private readBranch(name: string, parent: ConfigNode | undefined): Effect {
    const frame: Frame = { top: [], open: [], outer: parent };
    const end = `</${name.slice(1)}>`.toLowerCase();
    for (let line = this.input.next(); line !== undefined; line = this.input.next()) {
      if (frame.open.length === 0 && line.toLowerCase() === end) return frame.top;
      const message = this.readLine(line, frame);
      if (message !== undefined) return message;
    }
    // httpd takes the end of the file for the end of a condition that holds, whatever is open in it.
    return frame.top;
  }

  private skipBranch(name: string): string | undefined {
    const open = [name];
    for (let line = this.input.next(); line !== undefined; line = this.input.next()) {
      const { value } = splitWord(line, 0);
      if (!value.startsWith('<')) continue;
      if (!value.startsWith('</')) {
        open.push(value.replace(/>$/, ''));
        continue;
      }
      const closed = value.slice(0, -1);
      const expected = open.pop()?.slice(1) ?? '';
      if (closed.slice(2).toLowerCase() !== expected.toLowerCase())
        return `Expected </${expected}> but saw ${closed}>`;
      if (open.length === 0) return undefined;
    }
    return `Expected </${open.at(-1)?.slice(1)}> before end of configuration`;
  }

  private include(path: string, optional: boolean, parent: ConfigNode | undefined): Effect {
    const { state } = this;
    const target = resolveInclude(state.machine.files, state.rootRelative(path), optional);
    if (target.problem !== undefined) return target.problem;
    const nodes: ConfigNode[] = [];
    for (const file of target.files) {
      if (this.depth >= MAX_INCLUDE_DEPTH)
        return `Exceeded maximum include depth of ${MAX_INCLUDE_DEPTH}, There appears to be a recursion.`;
      const text = state.machine.files.read(file);
      if (text === undefined) {
        if (optional) continue;
        return `Could not open configuration file ${file}: Permission denied`;
      }
      const tree = readFile(state, file, text, this.depth + 1, parent);
      if (tree.problem) {
        const { message, origin } = tree.problem;
        return `Syntax error on line ${origin.line} of ${origin.file}: ${message}`;
      }
      nodes.push(...tree.nodes);
    }
    return nodes;
  }

  private use(args: string): Effect {
    const use = useMacro(this.state, this.place, args);
    if (use.problem !== undefined) return use.problem;
    this.input.insert(bodySource(use.source, use.lines));
    return undefined;
  }
}

/** Closes the innermost section of the frame, or says why the tag does not. */
const closeSection = (frame: Frame, tag: string): string | undefined => {
  const section = frame.open.at(-1);
  if (!section) return `${tag} without matching <${tag.slice(2)} section`;
  if (!tag.endsWith('>')) return `${tag}> directive missing closing '>'`;
  if (tag.slice(2, -1).toLowerCase() !== bareName(section).toLowerCase())
    return `Expected </${bareName(section)}> but saw ${tag}`;
  frame.open.pop();
  return undefined;
};
