import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveOptionsOf } from './live-options';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'live-options-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

const templates = (attributes: object): string => liveOptionsOf(attributes, folder).templates;

describe('the kind of templates', () => {
  it("is Jinja's, unless it is said not to be", () => {
    const program = write('app.py', 'from flask import Flask\napp = Flask(__name__)\n');
    expect(templates({ program })).toBe('jinja');
    expect(templates({ program, jinja: false })).toBe('none');
    expect(templates({ program, django: true })).toBe('django');
  });

  it("is Django's in a Django project", () => {
    const program = write('wsgi.py', 'from django.core.wsgi import get_wsgi_application\n');
    expect(templates({ program })).toBe('django');
    expect(templates({ program, jinja: true })).toBe('jinja');
    expect(templates({ program, django: false })).toBe('jinja');
    write('manage.py', '');
    expect(templates({ module: 'shop.wsgi' })).toBe('django');
  });
});

describe('reloading', () => {
  it('is off', () => {
    expect(liveOptionsOf({ module: 'shop' }, folder).reloadFrom).toEqual([]);
  });

  it('watches the working directory and the folder of the script', () => {
    const program = write('app.py', '');
    expect(liveOptionsOf({ program, autoReload: true }, folder).reloadFrom).toEqual([folder]);
    expect(liveOptionsOf({ program, autoReload: true }, '/srv').reloadFrom).toEqual(['/srv', folder]);
  });
});
