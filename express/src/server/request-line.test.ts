import { describe, expect, it } from 'vitest';
import { formatRequestLine } from './request-line';

const line = (...fields: readonly string[]): string => fields.join('\t');

describe('formatRequestLine', () => {
  it.each([
    [
      line('14:09:31', '200', '8', '4812', 'GET /shop?page=2 HTTP/1.1'),
      '14:09:31 200 GET      4.8 ms       8 B  /shop?page=2',
    ],
    [
      line('14:09:31', '404', '20008', '14000', 'DELETE /no HTTP/1.1'),
      '14:09:31 404 DELETE    14 ms   20.0 kB  /no',
    ],
    [
      line('23:59:59', '500', '3100000', '2031000', 'POST / HTTP/1.0'),
      '23:59:59 500 POST      2.0 s    3.1 MB  /',
    ],
    // Apache escapes tabs and control characters itself; a request line of one word is shown as far as it goes.
    [line('00:00:00', '400', '226', '90', 'nonsense'), '00:00:00 400 nonsense   0.1 ms     226 B  '],
  ])('shows %j', (given, shown) => {
    expect(formatRequestLine(given, false)).toBe(shown);
  });

  it('leaves out connections on which no request came', () => {
    expect(formatRequestLine(line('14:09:31', '408', '0', '20', '-'), false)).toBeUndefined();
    expect(formatRequestLine('', false)).toBeUndefined();
  });

  it('colours by the kind of status', () => {
    const colours = ['200', '302', '404', '503'].map((status) => {
      const text = formatRequestLine(line('14:09:31', status, '1', '1', 'GET / HTTP/1.1'), true);
      return new RegExp(`\u001b\\[(\\d+)m${status}\u001b\\[0m`).exec(text ?? '')?.[1];
    });
    expect(colours).toEqual(['32', '36', '33', '31']);
  });
});
