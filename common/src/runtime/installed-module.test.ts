import { expect, it } from 'vitest';
import { parseLinkedLibrary } from './installed-module';

const resolve = (file: string) => `/real${file}`;

it.each([
  [
    'ldd',
    '\tlinux-vdso.so.1 (0x00007)\n\tlibpython3.11.so.1.0 => /lib/libpython3.11.so.1.0 (0x00007)\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n',
    { name: 'libpython3.11.so.1.0', file: '/real/lib/libpython3.11.so.1.0' },
  ],
  [
    'a library that is gone',
    '\tlibpython3.9.so.1.0 => not found\n',
    { name: 'libpython3.9.so.1.0', file: undefined },
  ],
  ['no library', '\tlibc.so.6 => /lib/libc.so.6 (0x0)\n', undefined],
  [
    'otool',
    'mod_wsgi.so:\n\t/opt/homebrew/opt/python@3.12/Frameworks/Python.framework/Versions/3.12/Python (compatibility version 3.12.0)\n',
    {
      name: 'Python',
      file: '/real/opt/homebrew/opt/python@3.12/Frameworks/Python.framework/Versions/3.12/Python',
    },
  ],
])('reads %s', (_name, output, expected) => {
  expect(parseLinkedLibrary(output, resolve)).toEqual(expected);
});
