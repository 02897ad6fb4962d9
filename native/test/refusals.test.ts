import { describe, expect, it } from 'vitest';
import { request } from './client';
import { describeServing } from './serving';

describeServing((server) => {
  const get = (url: string) => request(server().port, url);

  describe('refusals', () => {
    it('start_response and write', async () => {
      const { body } = await get('/refusals/start');
      expect(body.split('\n')).toEqual([
        'TypeError: must be str, not bytes',
        'ValueError: status code must be a 3 digit integer: 2000 OK',
        'ValueError: status code must be a 3 digit integer: 20',
        'ValueError: no space following status code: 200OK',
        'ValueError: control character in status reason phrase: 200 O',
        'K',
        "UnicodeEncodeError: 'latin-1' codec can't encode character '\\u20ac' in position 4: ordinal not in range(256)",
        'TypeError: headers must be a list, not tuple',
        'TypeError: each header must be a 2-tuple, not list',
        'ValueError: each header must be a 2-tuple, got length 3',
        'ValueError: header name is empty',
        'ValueError: control character in header name: a',
        '',
        'ValueError: space character in header name: a b',
        'ValueError: invalid character in header name: a:b',
        'TypeError: must be str, not bytes',
        'ValueError: carriage return/line feed character in header value: b\r',
        'Injected: 1',
        'ValueError: control character in header value: b\0c',
        "UnicodeEncodeError: 'latin-1' codec can't encode character '\\u20ac' in position 0: ordinal not in range(256)",
        "ValueError: invalid Content-Length header value: '12x'",
        "ValueError: invalid Content-Length header value: '-1'",
        "RuntimeError: start_response() argument 'exc_info' must be a 3-tuple or None",
        'TypeError: start_response() takes 2 or 3 positional arguments (1 given)',
        'TypeError: write() argument must be bytes, not str',
        'TypeError: write() argument must be bytes, not NoneType',
      ]);
    });

    it('file_wrapper', async () => {
      const { body } = await get('/refusals/wrapper');
      expect(body.split('\n')).toEqual([
        'TypeError: blksize must be an int, not str',
        'ValueError: blksize must not be negative',
        'TypeError: file wrapper read() must return bytes, not str',
        'ValueError: I/O operation on closed file',
        '5 BytesIO',
      ]);
    });

    it('wsgi.input', async () => {
      const { body } = await get('/refusals/input');
      expect(body.split('\n')).toEqual([
        "TypeError: 'NoneType' object cannot be interpreted as an integer",
        "TypeError: 'str' object cannot be interpreted as an integer",
        'TypeError: read() takes at most 1 argument (2 given)',
        'close,readlines',
      ]);
    });

    it('everything of a request that is over', async () => {
      await get('/refusals/keep');
      const { body } = await get('/refusals/use');
      expect(body.split('\n')).toEqual([
        'RuntimeError: read() called on wsgi.input after request completed',
        'RuntimeError: readline() called on wsgi.input after request completed',
        'RuntimeError: readlines() called on wsgi.input after request completed',
        'RuntimeError: close() called on wsgi.input after request completed',
        'RuntimeError: iteration of wsgi.input attempted after request completed',
        'RuntimeError: iteration of wsgi.input attempted after request completed',
        'RuntimeError: write() called on wsgi.errors after request completed',
        'RuntimeError: flush() called on wsgi.errors after request completed',
        'RuntimeError: start_response() called after request completed',
        'RuntimeError: write() called after request completed',
      ]);
    });

    it('streams are log streams', async () => {
      const { body } = await get('/refusals/streams');
      expect(body.split('\n')).toEqual([
        'OSError: wsgi.errors log object has no file descriptor',
        '<wsgi.errors> False utf-8',
        '<stderr> TextIOWrapper',
        'usable',
        'usable',
        '18',
      ]);
      await server().waitForLog(/\] from a memoryview\n/);
    });
  });
});
