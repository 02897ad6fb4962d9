import { expect, it } from 'vitest';
import { workingDirectoryOf } from './working-directory';

const among =
  (...files: string[]) =>
  (file: string) =>
    files.includes(file);

it('is the folder of a script that stands alone', () => {
  expect(workingDirectoryOf('/srv/shop/app.py', among())).toBe('/srv/shop');
});

it('is above the packages that the script is in', () => {
  const exists = among('/srv/shop/web/__init__.py', '/srv/shop/web/api/__init__.py');
  expect(workingDirectoryOf('/srv/shop/web/api/wsgi.py', exists)).toBe('/srv/shop');
});

it("is a Django project's, where manage.py is", () => {
  const exists = among('/srv/books/books/__init__.py', '/srv/books/manage.py');
  expect(workingDirectoryOf('/srv/books/books/wsgi.py', exists)).toBe('/srv/books');
});
