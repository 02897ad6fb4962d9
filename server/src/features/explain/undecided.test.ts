import { expect, test } from 'vitest';
import { readText } from '../../configuration/read-text.fixture';
import { siteOf } from '../../mounts/site';
import { plainPlace } from './places';
import { explainUrl } from './url';

const HOSTILE = '^/((a|a)*)*\\1$';
const WHY = 'its pattern can match in too many ways for all of them to be tried';

test('patterns that cannot be asked are passed over, and the page says so', () => {
  const text = `DocumentRoot /srv/www
WSGIScriptAliasMatch ${HOSTILE} /srv/app.wsgi
RedirectMatch ${HOSTILE} http://other.example/
ProxyPassMatch /(?R)! http://other.example/
<LocationMatch "${HOSTILE}">
Require all denied
</LocationMatch>
<FilesMatch "(${HOSTILE.slice(2)}|x">
</FilesMatch>
SetEnvIf Request_URI "${HOSTILE}" local
`;
  const url = `/${'a'.repeat(60)}!`;
  const before = process.cpuUsage().user;
  const { markdown } = explainUrl(siteOf(readText(text, {}).configuration), url, plainPlace);
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(2);
  expect(markdown).toContain(
    [
      '## 4. What was passed over\n\nWhether these count for this URL cannot be told here:\n',
      '- `ProxyPassMatch /(?R)! http://other.example/` (apache2.conf:4): its pattern has `(?R`, which is not followed here',
      `- \`RedirectMatch ${HOSTILE} http://other.example/\` (apache2.conf:3): ${WHY}`,
      `- \`WSGIScriptAliasMatch ${HOSTILE} /srv/app.wsgi\` (apache2.conf:2): ${WHY}`,
      `- \`<LocationMatch ${HOSTILE}>\` (apache2.conf:5): ${WHY}`,
    ].join('\n'),
  );
});
