import { describe, expect, it } from 'vitest';
import { PathMappings } from './path-mappings';

const both = (mappings: PathMappings, local: string): [remote: string, back: string] => {
  const remote = mappings.toRemote(local);
  return [remote, mappings.toLocal(remote)];
};

describe('path mappings', () => {
  it('go both ways, with or without a slash at the end of a root', () => {
    const mappings = new PathMappings([{ localRoot: '/home/me/shop/', remoteRoot: '/srv/app' }]);
    expect(both(mappings, '/home/me/shop/cart/views.py')).toEqual([
      '/srv/app/cart/views.py',
      '/home/me/shop/cart/views.py',
    ]);
    expect(both(mappings, '/home/me/shop')).toEqual(['/srv/app', '/home/me/shop']);
  });

  it('leave other folders alone, those whose names begin alike too', () => {
    const mappings = new PathMappings([{ localRoot: '/home/me/shop', remoteRoot: '/srv/app' }]);
    expect(mappings.toRemote('/home/me/shopping/a.py')).toBe('/home/me/shopping/a.py');
    expect(mappings.toLocal('/usr/lib/python3/json.py')).toBe('/usr/lib/python3/json.py');
  });

  it('take the longest root that fits', () => {
    const mappings = new PathMappings([
      { localRoot: '/code', remoteRoot: '/srv' },
      { localRoot: '/code/libs', remoteRoot: '/opt/libs' },
    ]);
    expect(both(mappings, '/code/libs/a.py')).toEqual(['/opt/libs/a.py', '/code/libs/a.py']);
    expect(both(mappings, '/code/a.py')).toEqual(['/srv/a.py', '/code/a.py']);
  });

  it('know the root of the file system', () => {
    const mappings = new PathMappings([{ localRoot: '/mnt/server', remoteRoot: '/' }]);
    expect(both(mappings, '/mnt/server/srv/a.py')).toEqual(['/srv/a.py', '/mnt/server/srv/a.py']);
  });

  it('know Windows here and Linux there', () => {
    const mappings = new PathMappings([{ localRoot: 'C:\\Work\\Shop', remoteRoot: '/srv/app' }]);
    expect(both(mappings, 'c:\\work\\shop\\cart\\views.py')).toEqual([
      '/srv/app/cart/views.py',
      'C:\\Work\\Shop\\cart\\views.py',
    ]);
  });

  it('translate the lines of a traceback', () => {
    const mappings = new PathMappings([{ localRoot: '/here', remoteRoot: '/srv' }]);
    expect(mappings.tracebackToLocal('  File "/srv/a.py", line 3, in f\n    x = "/srv/a.py"\n')).toBe(
      '  File "/here/a.py", line 3, in f\n    x = "/srv/a.py"\n',
    );
  });
});
