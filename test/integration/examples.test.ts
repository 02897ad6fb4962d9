import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { cacheRoot } from '../../common/src/cache';

const examples = path.resolve(__dirname, '..', '..', 'examples');
const python = path.join(cacheRoot(), 'venv', 'bin', 'python');

const call = async (script: string, page: string, { method = 'GET', query = '', body = '' } = {}) => {
  const args = [
    '-B',
    path.join(__dirname, 'call_wsgi.py'),
    path.join(examples, script),
    method,
    page,
    query,
    body,
  ];
  const { stdout } = await execa(python, args);
  return JSON.parse(stdout) as [status: string, body: string];
};

describe('the examples under wsgiref.validate', () => {
  it.each([
    ['flask/app.py', '/', '200 OK', /A small shop/],
    ['flask/app.py', '/hello/ada', '200 OK', /^Hello, Ada!$/],
    ['flask/app.py', '/cart', '200 OK', /"total": ?700/],
    ['flask/app.py', '/fail', '500 INTERNAL SERVER ERROR', /Internal Server Error/],
    ['flask/wsgi.py', '/cart', '200 OK', /"total": ?700/],
    ['django/bookshop/wsgi.py', '/', '200 OK', /"dracula", "emma"/],
    ['django/bookshop/wsgi.py', '/books/emma', '200 OK', /Jane Austen/],
    ['django/bookshop/wsgi.py', '/books/none', '404 Not Found', /Not Found/],
    ['django/bookshop/wsgi.py', '/fail', '500 Internal Server Error', /Server Error/],
    ['plain/app.wsgi', '/', '200 OK', /REQUEST_METHOD = 'GET'/],
    ['plain/app.wsgi', '/nowhere', '404 Not Found', /no page \/nowhere/],
  ])('%s answers %s with %s', async (script, page, status, body) => {
    const [seenStatus, seenBody] = await call(script, page);
    expect(seenStatus).toBe(status);
    expect(seenBody).toMatch(body);
  });

  it('plain/app.wsgi makes its response while it is sent', async () => {
    expect(await call('plain/app.wsgi', '/count', { query: 'to=4' })).toEqual(['200 OK', '1\n2\n3\n4\n']);
  });

  it('plain/app.wsgi sends a body back', async () => {
    const [, body] = await call('plain/app.wsgi', '/echo', { method: 'POST', body: 'a=1&b=2' });
    expect(body).toBe('a=1&b=2');
  });

  it('plain/app.wsgi raises on its failing page', async () => {
    await expect(call('plain/app.wsgi', '/fail')).rejects.toThrow(
      /could not convert string to float: 'n\/a'/,
    );
  });
});
