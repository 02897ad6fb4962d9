import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModuleFeatures } from '../../common/src/runtime/module-features';
import { buildModule } from './build';
import { header, request } from './client';
import { checkConfiguration, type Httpd, startHttpd } from './httpd';

const apps = path.join(__dirname, 'apps');

const configuration = `
  WSGIApplicationGroup %{GLOBAL}
  WSGIScriptAlias /hooks @APPS@/hooks.wsgi
  WSGIScriptAlias /answers @APPS@/answers.wsgi
  WSGIPythonOptimize 1
  WSGIDontWriteBytecode On
  WSGIPythonHashSeed 7
  WSGIPythonWarnings error::ImportWarning
  WSGIPythonEggs @FOLDER@
  WSGISwitchInterval 0.02
  WSGIAcceptMutex Default
  WSGILazyInitialization On
  WSGICaseSensitivity On
  WSGISocketRotation On

  WSGIScriptAlias /access @APPS@/answers.wsgi
  <Location /access>
    WSGIAccessScript @APPS@/hooks.wsgi application-group=hooks
  </Location>
  WSGIScriptAlias /no-function @APPS@/answers.wsgi
  <Location /no-function>
    WSGIAccessScript @APPS@/answers.wsgi
  </Location>

  WSGIScriptAlias /basic @APPS@/answers.wsgi
  <Location /basic>
    AuthType Basic
    AuthName lab
    AuthBasicProvider wsgi
    WSGIAuthUserScript @APPS@/hooks.wsgi
    Require valid-user
  </Location>
  WSGIScriptAlias /digest @APPS@/answers.wsgi
  <Location /digest>
    AuthType Digest
    AuthName lab
    AuthDigestProvider wsgi
    WSGIAuthUserScript @APPS@/hooks.wsgi
    Require valid-user
  </Location>
  WSGIScriptAlias /groups @APPS@/answers.wsgi
  <Location /groups>
    AuthType Basic
    AuthName lab
    AuthBasicProvider wsgi
    WSGIAuthUserScript @APPS@/hooks.wsgi
    WSGIAuthGroupScript @APPS@/hooks.wsgi
    WSGIGroupAuthoritative Off
    Require wsgi-group editors admins
  </Location>
  WSGIScriptAlias /no-script @APPS@/answers.wsgi
  <Location /no-script>
    AuthType Basic
    AuthName lab
    AuthBasicProvider wsgi
    Require valid-user
  </Location>

  WSGIScriptAlias /dispatch @APPS@/answers.wsgi
  <Location /dispatch>
    WSGIDispatchScript @APPS@/hooks.wsgi application-group=hooks
  </Location>

  Alias /handled @APPS@
  <Location /handled>
    WSGIHandlerScript own @APPS@/hooks.wsgi
    SetHandler own
  </Location>

  WSGIScriptAlias /override @APPS@/answers.wsgi
  <Location /override>
    WSGIErrorOverride On
    ErrorDocument 404 "a page of Apache"
  </Location>
  WSGIScriptAlias /head @APPS@/answers.wsgi
  <Location /head>
    WSGIMapHEADToGET On
  </Location>
  WSGIScriptAlias /filtered @APPS@/answers.wsgi
  <Location /filtered>
    SetOutputFilter DEFLATE
  </Location>
  WSGIScriptAlias /unmapped @APPS@/answers.wsgi
  <Location /unmapped>
    SetOutputFilter DEFLATE
    WSGIMapHEADToGET Off
  </Location>
  WSGIScriptAlias /sendfile @APPS@/files.wsgi
  <Location /sendfile>
    WSGIEnableSendfile On
  </Location>
  WSGIScriptAlias /capsule @APPS@/answers.wsgi
  <Location /capsule>
    WSGIPassApacheRequest On
  </Location>
  WSGIScriptAlias /restricted @APPS@/answers.wsgi
  <Location /restricted>
    WSGIRestrictProcess other third
  </Location>

  WSGIScriptAlias /proxied @APPS@/answers.wsgi
  <Location /proxied>
    WSGITrustedProxies 127.0.0.0/8 10.1.1.1
    WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host X-Forwarded-Port X-Script-Name
  </Location>
  WSGIScriptAlias /stranger @APPS@/answers.wsgi
  <Location /stranger>
    WSGITrustedProxies 10.0.0.1
    WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Proto
  </Location>
  WSGIScriptAlias /everybody @APPS@/answers.wsgi
  <Location /everybody>
    WSGITrustedProxyHeaders x-forwarded-for X-HTTPS
  </Location>`;

const groups = `
  WSGIDaemonProcess served
  WSGIDaemonProcess second
  WSGIProcessGroup served
  WSGIRestrictEmbedded On`;

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`,
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** What a browser answers to a challenge. */
const digest = (challenge: string, uri: string, user: string, password: string) => {
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
  const counted = '00000001:abc:auth';
  const response = md5(`${md5(`${user}:lab:${password}`)}:${nonce}:${counted}:${md5(`GET:${uri}`)}`);
  return {
    Authorization: `Digest username="${user}", realm="lab", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, cnonce="abc", response="${response}", algorithm=MD5`,
  };
};

describe.each(['embedded', 'daemon'])('in %s mode', (mode) => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module: await buildModule(),
      apps,
      modules: ['alias', 'env', 'filter', 'deflate', 'authn_core', 'authz_user', 'auth_basic', 'auth_digest'],
      configuration: (mode === 'daemon' ? groups : 'WSGIDaemonProcess second') + configuration,
    });
  });
  afterAll(() => httpd?.dispose());

  const get = (url: string, headers = {}) => request(httpd.port, url, { headers });
  const facts = async (url: string, headers = {}) => JSON.parse((await get(url, headers)).body);

  it.each([
    ['yes', 200, /asked about 127\.0\.0\.1 for \/access\?yes/],
    ['none', 200, /asked about 127\.0\.0\.1 for \/access\?none/],
    ['no', 403, /WSGI0057: Client denied by server configuration/],
    ['odd', 403, /WSGI0055: Result returned from 'allow_access'/],
    ['raise', 403, /WSGI0174: Exception raised by allow_access\(\)[\s\S]*KeyError: 'raise'/],
  ])('WSGIAccessScript answers %s: %d', async (query, status, logged) => {
    expect((await get(`/access?${query}`, basic('a', 'b'))).status).toBe(status);
    await httpd.waitForLog(logged);
  });

  it('WSGIAccessScript without the function is an error of the server', async () => {
    expect((await get('/no-function')).status).toBe(500);
    await httpd.waitForLog(/WSGI0056: Target WSGI host access script '\S+answers.wsgi' does not provide/);
  });

  it.each([
    ['ada', 'caf\u00e9', 200, 'ada'],
    ['ada', 'wrong', 401, undefined],
    ['nobody', 'x', 401, undefined],
    ['alias', 'x', 200, 'caf\u00e9'],
    ['odd', 'x', 500, undefined],
    ['wide', 'x', 500, undefined],
    ['unknown', 'x', 500, undefined],
  ])('WSGIAuthUserScript: %s with %s gets %d', async (user, password, status, name) => {
    const response = await get('/basic', basic(user, password));
    expect(response.status).toBe(status);
    if (name) expect(JSON.parse(response.body).user).toBe(name);
  });

  it('WSGIAuthUserScript serves Digest, too', async () => {
    const refused = await get('/digest');
    expect(refused.status).toBe(401);
    const challenge = header(refused, 'WWW-Authenticate') ?? '';
    expect((await facts('/digest', digest(challenge, '/digest', 'ada', 'secret'))).user).toBe('ada');
    for (const [user, password] of [
      ['ada', 'other'],
      ['nobody', 'secret'],
    ] as const)
      expect((await get('/digest', digest(challenge, '/digest', user, password))).status).toBe(401);
  });

  it('a provider without its script says what is missing', async () => {
    expect((await get('/no-script', basic('ada', 'x'))).status).toBe(500);
    await httpd.waitForLog(/WSGI0041: Location of WSGI user authentication script not provided/);
  });

  it('Require wsgi-group lets the groups of WSGIAuthGroupScript in', async () => {
    expect((await get('/groups', basic('ada', 'caf\u00e9'))).status).toBe(200);
    expect((await get('/groups', basic('alias', 'x'))).status).not.toBe(200);
    await httpd.waitForLog(/WSGI0060: Authorization of user 'caf\S+' to access '\/groups' failed/);
  });

  it('WSGIDispatchScript chooses interpreter, callable and process group', async () => {
    expect(await facts('/dispatch?interpreter')).toMatchObject({ application_group: 'chosen' });
    expect(await facts('/dispatch?server')).toMatchObject({ application_group: 'lab.example' });
    expect(await facts('/dispatch?nothing')).toMatchObject({ application_group: '' });
    expect(await facts('/dispatch?group')).toMatchObject({ process_group: 'second' });
    expect((await get('/dispatch?callable')).body).toBe('other');
  });

  it.each([
    ['raise', /KeyError: 'from the dispatch script'/],
    ['odd', /process_group\(\) of '\S+hooks.wsgi' must return a str of latin-1 or None, not int/],
  ])('WSGIDispatchScript that fails (%s) is an error of the server', async (query, logged) => {
    expect((await get(`/dispatch?${query}`)).status).toBe(500);
    await httpd.waitForLog(logged);
  });

  it('WSGIHandlerScript handles what its name is set for, whether it exists or not', async () => {
    const expected = {
      'mod_wsgi.handler_script': `${httpd.apps}/hooks.wsgi`,
      'mod_wsgi.request_handler': 'own',
      'mod_wsgi.callable_object': 'handle_request',
    };
    expect(await facts('/handled/names.wsgi')).toMatchObject({
      ...expected,
      SCRIPT_FILENAME: `${httpd.apps}/names.wsgi`,
      content: expect.stringContaining('Who am I'),
    });
    expect(await facts('/handled/missing.txt')).toMatchObject({ ...expected, content: false });
  });

  it('WSGIErrorOverride puts the page of Apache in the place of an error', async () => {
    const missing = await get('/override?404+Gone+Fishing');
    expect([missing.status, missing.body]).toEqual([404, 'a page of Apache']);
    expect(header(missing, 'X-App')).toBeUndefined();
    expect(header(missing, 'WWW-Authenticate')).toBe('Basic realm="r"');
    const failed = await get('/override?503+Later');
    expect(failed).toMatchObject({ status: 503, whole: true });
    expect(failed.body).not.toContain('own words');
    expect((await get('/answers?404+Own')).body).toContain('own words');
    expect((await get('/override?x')).status).toBe(200);
  });

  it.each([
    ['/answers', 'HEAD'],
    ['/head', 'GET'],
    ['/filtered', 'GET'],
    ['/unmapped', 'HEAD'],
  ])('HEAD %s is %s to the application', async (url, method) => {
    const response = await request(httpd.port, url, {
      method: 'HEAD',
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(response).toMatchObject({ status: 200, raw: '' });
    expect(header(response, 'X-Method')).toBe(method);
  });

  it('WSGIEnableSendfile sends the same bytes', async () => {
    const plain = await get('/sendfile/temporary');
    expect(plain).toMatchObject({ status: 200, body: '456789', whole: true });
  });

  it('WSGIPassApacheRequest is for embedded mode', async () => {
    expect((await facts('/capsule')).apache_request).toContain(
      mode === 'embedded' ? 'PyCapsule' : 'NoneType',
    );
    expect((await facts('/answers')).apache_request).toContain('NoneType');
  });

  it('WSGIRestrictProcess refuses what it does not name', async () => {
    expect((await get('/restricted')).status).toBe(500);
    await httpd.waitForLog(/WSGI0149: Daemon process called '(served)?' cannot be accessed/);
  });

  it('Python is as the directives say', async () => {
    const { python } = await facts('/answers?python');
    expect(python).toMatchObject({
      optimize: 1,
      dont_write_bytecode: true,
      eggs: mode === 'embedded' ? httpd.folder : null,
      switch_interval: 0.02,
      signal: expect.stringContaining('SIG_IGN'),
    });
    expect(python.disposition).not.toBe('Handlers.SIG_IGN');
    expect(python.warnings[0]).toEqual(['error', "<class 'ImportWarning'>"]);
    expect(python.hash).toBe((await facts('/answers?python')).python.hash);
    await httpd.waitForLog(/signal\.signal\(\) is of no effect[\s\S]*answers\.wsgi", line \d+, in python/);
  });

  describe('WSGITrustedProxyHeaders', () => {
    const environOf = async (url: string, headers: Record<string, string>) =>
      (await facts(url, headers)).environ;

    it('of a trusted proxy are believed, and the others of their kind go', async () => {
      const environ = await environOf('/proxied/here', {
        'X-Forwarded-For': '6.6.6.6, 192.0.2.7, 10.1.1.1',
        'X-Client-IP': '6.6.6.6',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'public.example',
        'X-Forwarded-Port': '443',
        'X-Script-Name': '/front/',
      });
      expect(environ).toMatchObject({
        REMOTE_ADDR: '192.0.2.7',
        HTTP_HOST: 'public.example',
        SERVER_PORT: '443',
        'wsgi.url_scheme': 'https',
        SCRIPT_NAME: '/front',
        PATH_INFO: '/here',
        'mod_wsgi.mount_point': '/front',
        'mod_wsgi.script_name': '/proxied',
        'mod_wsgi.path_info': '/here',
      });
      expect(environ).not.toHaveProperty('HTTP_X_CLIENT_IP');
    });

    it('of anybody else are taken out', async () => {
      const environ = await environOf('/stranger', {
        'X-Forwarded-For': '6.6.6.6',
        'X-Forwarded-Proto': 'https',
      });
      expect(environ).toMatchObject({ REMOTE_ADDR: '127.0.0.1', 'wsgi.url_scheme': 'http' });
      expect(environ).not.toHaveProperty('HTTP_X_FORWARDED_FOR');
      expect(environ).not.toHaveProperty('HTTP_X_FORWARDED_PROTO');
    });

    it('without WSGITrustedProxies are believed of everybody', async () => {
      const environ = await environOf('/everybody', {
        'X-Forwarded-For': '192.0.2.9, 10.1.1.1',
        'X-HTTPS': 'On',
      });
      expect(environ).toMatchObject({ REMOTE_ADDR: '192.0.2.9', 'wsgi.url_scheme': 'https' });
    });

    it.each(['', ',', ' , ,', 'x'.repeat(5000), '::1', '1.2.3.4.5', '"; drop', '127.0.0.1,127.0.0.1'])(
      'an odd list (%j) is survived',
      async (list) => {
        expect((await get('/proxied', { 'X-Forwarded-For': list, 'X-Script-Name': list })).status).toBe(200);
      },
    );
  });
});

it('the file of the module says what it knows', async () => {
  const { knows } = await readModuleFeatures(await buildModule());
  const known = [
    'WSGIAccessScript',
    'WSGITrustedProxies',
    'WSGIHandlerScript',
    'WSGIGroupAuthoritative',
    'interrupt-timeout',
    'response-flush-delay',
    'proxy-buffer-size',
    'chroot',
  ];
  expect(known.filter((word) => !knows(word))).toEqual([]);
  expect(
    [
      'WSGIFreeThreading',
      'WSGITelemetryService',
      'WSGINewRelicConfigFile',
      'newrelic-config-file',
      'newrelic-environment',
    ].filter(knows),
  ).toEqual([]);
});

describe('refused', () => {
  it.each([
    ['WSGIPythonOptimize 3', /WSGIPythonOptimize must be 0, 1 or 2, not '3'/],
    ['WSGIPythonHashSeed many', /WSGIPythonHashSeed must be random or a number from 0 to 4294967295/],
    ['WSGIPythonHashSeed 4294967296', /WSGIPythonHashSeed must be/],
    ['WSGISwitchInterval nan', /WSGISwitchInterval must be a number of seconds above 0, not 'nan'/],
    ['WSGIAcceptMutex magic', /WSGIAcceptMutex: 'magic' is not possible here/],
    ['WSGILazyInitialization Off', /WSGILazyInitialization: 'Off' is not possible here/],
    ['WSGIMapHEADToGET maybe', /WSGIMapHEADToGET must be On, Off or Auto/],
    ['WSGITrustedProxies example.org', /Unable to parse trusted proxy IP address\/subnet of "example.org"/],
    ['WSGITrustedProxies 10.0.0.0/99', /Unable to parse trusted proxy IP address\/subnet/],
    [
      'WSGITrustedProxyHeaders X_Forwarded_For',
      /'X_Forwarded_For' is none of the headers that are understood/,
    ],
    ['WSGIHandlerScript own', /needs the name of a handler and the path of a script/],
    ['WSGIHandlerScript own /x callable-object=y', /unknown option 'callable-object'/],
    ['WSGIDispatchScript /x process-group=y', /WSGIDispatchScript: unknown option 'process-group'/],
    ['WSGIAccessScript /x', /not allowed (here|in this context)/],
    ['WSGIApacheExtensions On', /its name is WSGIPassApacheRequest now/],
    ['WSGIFreeThreading On', /WSGIFreeThreading is not supported by this mod_wsgi: its Python has a GIL/],
    ['<WSGIInterpreterOptions process-group=x>', /all interpreters have the same options/],
    ['WSGINewRelicConfigFile /x', /start the agent in the WSGI script/],
    ['WSGINewRelicEnvironment x', /start the agent in the WSGI script/],
    [
      'WSGIDaemonProcess x newrelic-environment=y',
      /newrelic-environment is not supported .* start the agent/,
    ],
    [
      'WSGIDaemonProcess x newrelic-config-file=/y',
      /newrelic-config-file is not supported .* start the agent/,
    ],
    ['WSGIDaemonProcess x unheard-of=y', /WSGIDaemonProcess: unknown option 'unheard-of'/],
    ['WSGIOutputBuffering On', /each block of a response goes out when it is made/],
    ['WSGIPerInterpreterGIL On', /all interpreters share one GIL/],
    ['WSGIPy3kWarningFlag On', /it was for Python 2/],
    ['WSGIPythonExecutable /usr/bin/python3', /with WSGIPythonHome/],
    ['WSGIReloadMechanism Module', /daemon mode replaces the process/],
    ['WSGISlowRequests On', /mod_wsgi\.subscribe_events/],
    ['WSGITelemetryOptions x', /mod_wsgi\.request_metrics/],
    ['WSGITelemetryService unix:/x', /mod_wsgi\.request_metrics/],
    ['WSGIUserAuthoritative On', /the order of AuthBasicProvider/],
    ['<Location />\nWSGIGroupAuthoritative maybe\n</Location>', /must be On or Off/],
    ['<VirtualHost *>\nWSGIPythonOptimize 1\n</VirtualHost>', /cannot occur within <VirtualHost> section/],
  ])('%s', async (line, reason) => {
    const { exitCode, text } = await checkConfiguration({ module: await buildModule(), configuration: line });
    expect(text).toMatch(reason);
    expect(exitCode).not.toBe(0);
  });

  it('WSGIPythonHashSeed random randomises', async () => {
    const module = await buildModule();
    const hashes = new Set<number>();
    for (let start = 0; start < 2; start++) {
      const httpd = await startHttpd({
        module,
        apps,
        configuration:
          'WSGIPythonHashSeed random\nWSGIScriptAlias / @APPS@/answers.wsgi application-group=%{GLOBAL}',
      });
      hashes.add(JSON.parse((await request(httpd.port, '/?python')).body).python.hash);
      await httpd.dispose();
    }
    expect(hashes.size).toBe(2);
  });
});

it(`a host name of the client's makes no interpreters without limit`, async () => {
  const httpd = await startHttpd({
    module: await buildModule(),
    apps,
    configuration:
      'StartServers 1\nServerLimit 1\nWSGIScriptAlias / @APPS@/answers.wsgi application-group=%{HOST}',
  });
  try {
    for (let number = 0; number < 100; number++)
      expect((await request(httpd.port, '/', { headers: { Host: `h${number}.example` } })).status).toBe(200);
    expect((await request(httpd.port, '/', { headers: { Host: 'one.more.example' } })).status).toBe(500);
    await httpd.waitForLog(
      /application group 'one\.more\.example' gets no interpreter: there are 100 already/,
    );
    expect((await request(httpd.port, '/', { headers: { Host: 'h7.example' } })).status).toBe(200);
  } finally {
    await httpd.dispose();
  }
}, 120_000);
