import { type ByteSet, beyond, type Node, type Place, type Repeat } from './nodes';
import type { ParsedPattern } from './parse';

/** A step of a program; each goes on with the next one unless it says otherwise. */
export type Instruction =
  | { readonly op: 'byte'; readonly set: ByteSet }
  /** Tries one way, and the other one if that leads nowhere. */
  | { readonly op: 'either'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  /** The group has found what lies between the place in a slot and this one. Until then it holds what it found before. */
  | { readonly op: 'close'; readonly group: number; readonly begun: number }
  | { readonly op: 'at'; readonly place: Place }
  | { readonly op: 'back'; readonly by: number }
  | { readonly op: 'again'; readonly group: number; readonly ignoresCase: boolean }
  /** Leaves a loop whose round has taken nothing since it saved the place in a slot. */
  | { readonly op: 'leave-if-empty'; readonly slot: number; to: number }
  /** Runs what follows by itself, and goes on at a place behind it. */
  | { readonly op: 'within'; readonly kind: 'atomic' | 'look' | 'look-negated'; to: number }
  | { readonly op: 'end' };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Two for what each group has found, then one for where it began, and those of places in loops. */
  readonly slots: number;
  readonly groups: number;
  /** True if a way that leads nowhere may lead somewhere another time: groups that are referred to decide. */
  readonly refersBack: boolean;
}

/** A larger one, as `((a{500}){500}){500}` makes it, is not followed. */
const MOST_INSTRUCTIONS = 5000;

/** @throws PatternProblem if the program would be too large */
export const compileProgram = ({ node, groups }: ParsedPattern): Program =>
  new Compiler(groups).compile(node);

class Compiler {
  private readonly instructions: Instruction[] = [];
  private slots: number;
  private refersBack = false;

  constructor(private readonly groups: number) {
    this.slots = 3 * (groups + 1);
  }

  compile(node: Node): Program {
    this.group(0, node);
    this.emit({ op: 'end' });
    const { instructions, slots, groups, refersBack } = this;
    return { instructions, slots, groups, refersBack };
  }

  private emit<Made extends Instruction>(instruction: Made): Made {
    if (this.instructions.length === MOST_INSTRUCTIONS) throw beyond('so many repetitions in repetitions');
    this.instructions.push(instruction);
    return instruction;
  }

  private get next(): number {
    return this.instructions.length;
  }

  private add(node: Node): void {
    switch (node.kind) {
      case 'set':
        this.emit({ op: 'byte', set: node.set });
        return;
      case 'sequence':
        for (const part of node.parts) this.add(part);
        return;
      case 'either':
        this.either(node.choices);
        return;
      case 'repeat':
        this.repeat(node);
        return;
      case 'group':
        this.group(node.number, node.of);
        return;
      case 'at':
        this.emit({ op: 'at', place: node.place });
        return;
      case 'back':
        this.emit({ op: 'back', by: node.by });
        return;
      case 'again':
        this.refersBack = true;
        this.emit({ op: 'again', group: node.group, ignoresCase: node.ignoresCase });
        return;
      case 'atomic':
        this.within('atomic', node.of);
        return;
      case 'look':
        this.within(node.negated ? 'look-negated' : 'look', node.of);
        return;
    }
  }

  private group(group: number, of: Node): void {
    const begun = 2 * (this.groups + 1) + group;
    this.emit({ op: 'save', slot: begun });
    this.add(of);
    this.emit({ op: 'close', group, begun });
  }

  private either(choices: readonly Node[]): void {
    const ends: { to: number }[] = [];
    for (const [index, choice] of choices.entries()) {
      if (index === choices.length - 1) this.add(choice);
      else {
        const fork = this.emit({ op: 'either', first: this.next + 1, second: 0 });
        this.add(choice);
        ends.push(this.emit({ op: 'jump', to: 0 }));
        fork.second = this.next;
      }
    }
    for (const end of ends) end.to = this.next;
  }

  private within(kind: 'atomic' | 'look' | 'look-negated', of: Node): void {
    const start = this.emit({ op: 'within', kind, to: 0 });
    this.add(of);
    this.emit({ op: 'end' });
    start.to = this.next;
  }

  private repeat({ of, least, most, isLazy }: Repeat): void {
    const isEndless = most === Number.POSITIVE_INFINITY;
    for (let count = isEndless ? 1 : 0; count < least; count++) this.add(of);
    if (isEndless) this.loop(of, least > 0, isLazy);
    else this.optional(of, most - least, isLazy);
  }

  private optional(of: Node, count: number, isLazy: boolean): void {
    const forks: ReturnType<typeof this.fork>[] = [];
    for (let index = 0; index < count; index++) {
      forks.push(this.fork(isLazy));
      this.add(of);
    }
    for (const fork of forks) fork.leaveTo(this.next);
  }

  private loop(of: Node, once: boolean, isLazy: boolean): void {
    const slot = this.slots++;
    const entry = once ? undefined : this.fork(isLazy);
    const start = this.next;
    this.emit({ op: 'save', slot });
    this.add(of);
    const leave = this.emit({ op: 'leave-if-empty', slot, to: 0 });
    const again = this.fork(isLazy, start);
    leave.to = this.next;
    entry?.leaveTo(this.next);
    again.leaveTo(this.next);
  }

  /** Goes on or leaves, in the order that is asked for. */
  private fork(isLazy: boolean, on = this.next + 1): { leaveTo(place: number): void } {
    const instruction = this.emit({ op: 'either', first: on, second: on });
    return {
      leaveTo: (place) => {
        if (isLazy) instruction.first = place;
        else instruction.second = place;
      },
    };
  }
}
