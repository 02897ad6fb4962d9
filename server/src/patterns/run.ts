import { WORD } from './bytes';
import type { Instruction, Program } from './compile';
import type { Place } from './nodes';

/** More steps than this are not taken for one text: some milliseconds. */
export const MOST_STEPS = 200_000;

/** A search that has taken too many steps. */
export class TooManySteps extends Error {}

/**
 * Looks for a pattern in a text of bytes.
 *
 * A way that has led nowhere from a place is not tried from there again, so the time grows with the length of the pattern and of the text;
 * where a pattern refers back to its groups, or looks around at many places, the number of steps is what bounds it.
 *
 * @returns where each group begins and ends, -1 where it has found nothing; undefined if the pattern matches nowhere
 * @throws TooManySteps
 */
export const search = (program: Program, text: string): readonly number[] | undefined =>
  new Search(program, text).anywhere();

class Search {
  private steps = 0;
  private slots: number[];

  constructor(
    private readonly program: Program,
    private readonly text: string,
  ) {
    this.slots = new Array<number>(program.slots).fill(-1);
  }

  anywhere(): readonly number[] | undefined {
    const failed = new Set<number>();
    for (let start = 0; start <= this.text.length; start++)
      if (this.run(0, start, failed) !== undefined) return this.slots.slice(0, 2 * (this.program.groups + 1));
    return undefined;
  }

  /**
   * Runs from an instruction to the `end` that belongs to it.
   *
   * @param tried which forks have been met, at which place
   * @returns the place at the end; if there is none, the slots are as they were
   */
  private run(first: number, from: number, tried: Set<number>): number | undefined {
    const { instructions, refersBack } = this.program;
    // Other ways as pairs: an instruction and a place, or a slot (below zero) and what it held.
    const others: number[] = [first, from];
    while (others.length > 0) {
      let at = others.pop() as number;
      let next = others.pop() as number;
      if (next < 0) {
        this.slots[~next] = at;
        continue;
      }
      for (;;) {
        if (++this.steps > MOST_STEPS) throw new TooManySteps();
        const instruction = instructions[next] as Instruction;
        if (instruction.op === 'end') return at;
        next++;
        if (instruction.op === 'byte') {
          if (at >= this.text.length || instruction.set[this.text.charCodeAt(at)] !== 1) break;
          at++;
        } else if (instruction.op === 'either') {
          const key = next * (this.text.length + 1) + at;
          if (!refersBack && tried.has(key)) break;
          tried.add(key);
          others.push(instruction.second, at);
          next = instruction.first;
        } else if (instruction.op === 'jump') next = instruction.to;
        else if (instruction.op === 'save') this.set(instruction.slot, at, others);
        else if (instruction.op === 'close') {
          this.set(2 * instruction.group, this.slots[instruction.begun] as number, others);
          this.set(2 * instruction.group + 1, at, others);
        } else if (instruction.op === 'at') {
          if (!this.isAt(instruction.place, at)) break;
        } else if (instruction.op === 'back') {
          if (instruction.by > at) break;
          at -= instruction.by;
        } else if (instruction.op === 'leave-if-empty') {
          if (this.slots[instruction.slot] === at) next = instruction.to;
        } else if (instruction.op === 'again') {
          const length = this.againAt(instruction, at);
          if (length === undefined) break;
          at += length;
        } else {
          const end = this.within(instruction, next, at, others);
          if (end === undefined) break;
          at = end;
          next = instruction.to;
        }
      }
    }
    return undefined;
  }

  private set(slot: number, value: number, others: number[]): void {
    others.push(~slot, this.slots[slot] ?? -1);
    this.slots[slot] = value;
  }

  /** Runs a part by itself; what it has found stays, until another way is tried. */
  private within(
    { kind }: Extract<Instruction, { op: 'within' }>,
    first: number,
    at: number,
    others: number[],
  ): number | undefined {
    const before = this.slots;
    // What is copied takes time.
    this.steps += before.length;
    this.slots = [...before];
    const end = this.run(first, at, new Set());
    const found = this.slots;
    this.slots = before;
    if (kind === 'look-negated') return end === undefined ? at : undefined;
    if (end === undefined) return undefined;
    for (const [slot, value] of found.entries()) if (before[slot] !== value) this.set(slot, value, others);
    return kind === 'look' ? at : end;
  }

  private againAt(
    { group, ignoresCase }: Extract<Instruction, { op: 'again' }>,
    at: number,
  ): number | undefined {
    const start = this.slots[2 * group] ?? -1;
    const end = this.slots[2 * group + 1] ?? -1;
    if (end < 0) return undefined;
    const folded = (text: string): string => (ignoresCase ? text.toLowerCase() : text);
    const wanted = this.text.slice(start, end);
    // What is compared takes time too.
    this.steps += wanted.length;
    const given = this.text.slice(at, at + wanted.length);
    return folded(given) === folded(wanted) ? wanted.length : undefined;
  }

  private isAt(place: Place, at: number): boolean {
    const { text } = this;
    switch (place) {
      case 'start':
        return at === 0;
      case 'end':
        return at === text.length;
      case 'end-or-last-newline':
        return at === text.length || (at === text.length - 1 && text[at] === '\n');
      case 'line-start':
        return at === 0 || (text[at - 1] === '\n' && at < text.length);
      case 'line-end':
        return at === text.length || text[at] === '\n';
      case 'boundary':
        return this.isWord(at - 1) !== this.isWord(at);
      case 'no-boundary':
        return this.isWord(at - 1) === this.isWord(at);
    }
  }

  private isWord(at: number): boolean {
    return WORD[this.text.charCodeAt(at)] === 1;
  }
}
