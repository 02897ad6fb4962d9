import { expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-types';
import { Reports } from './reports';

const diagnostic = (message: string): Diagnostic => ({
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
  message,
});

test('what an editor has is not sent again', () => {
  const reports = new Reports();
  const first = reports.next('file:///a', [diagnostic('one')], undefined);
  expect(first).toMatchObject({ kind: 'full', items: [{ message: 'one' }] });
  const again = reports.next('file:///a', [diagnostic('one')], first.resultId);
  expect(again).toEqual({ kind: 'unchanged', resultId: first.resultId });
});

test.each([
  ['changed', [diagnostic('two')]],
  ['fewer', []],
  ['more', [diagnostic('one'), diagnostic('two')]],
])('findings that are %s are sent', (_, items) => {
  const reports = new Reports();
  const { resultId } = reports.next('file:///a', [diagnostic('one')], undefined);
  const next = reports.next('file:///a', items, resultId);
  expect(next).toMatchObject({ kind: 'full', items });
  expect(next.resultId).not.toBe(resultId);
});

test('who has nothing, something older, or had closed the document is sent all', () => {
  const reports = new Reports();
  const items = [diagnostic('one')];
  const { resultId } = reports.next('file:///a', [], undefined);
  reports.next('file:///a', items, resultId);
  expect(reports.next('file:///a', items, resultId).kind).toBe('full');
  const last = reports.next('file:///a', items, undefined);
  expect(last.kind).toBe('full');
  reports.forget('file:///a');
  expect(reports.next('file:///a', items, last.resultId).kind).toBe('full');
});
