import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateExpression } from './evaluate';

const FACTS: Readonly<Record<string, string>> = {
  HTTP_HOST: 'Shop.example',
  REQUEST_URI: '/admin/orders',
  SERVER_PORT: '443',
  HTTPS: 'on',
  QUERY_STRING: '',
};

const evaluate = (text: string) => evaluateExpression(text, { variable: (name) => FACTS[name] });

test.each([
  ['true', true],
  ['! true', false],
  ['not (true && false)', true],
  ["%{HTTP_HOST} == 'Shop.example'", true],
  ["%{HTTP_HOST} == 'shop.example'", false],
  ["tolower(%{HTTP_HOST}) == 'shop.example'", true],
  ["%{tolower:%{HTTP_HOST}} == 'shop.example'", true],
  ["req('Host') != 'x'", true],
  ['%{REQUEST_URI} =~ m#^/admin(/|$)#', true],
  ['%{REQUEST_URI} =~ /^.ADMIN/', false],
  ['%{REQUEST_URI} =~ /^.ADMIN/i', true],
  ['%{REQUEST_URI} !~ /^.static/', true],
  ['%{SERVER_PORT} -eq 443', true],
  ['%{SERVER_PORT} -lt 80', false],
  ["%{HTTPS} in { 'off', 'on' }", true],
  ['-z %{QUERY_STRING}', true],
  ['-T %{HTTPS}', true],
  ["'%{HTTP_HOST}%{REQUEST_URI}' == 'Shop.example' . '/admin/orders'", true],
  ["%{REMOTE_ADDR} == '127.0.0.1'", undefined],
  ["%{REMOTE_ADDR} == '127.0.0.1' || true", true],
  ["%{REMOTE_ADDR} == '127.0.0.1' && false", false],
  ["%{REMOTE_ADDR} == '127.0.0.1' && true", undefined],
  ["-R '10.0.0.0/8'", undefined],
  ["-f '/etc/passwd'", undefined],
  ["req('Cookie') =~ /a/", undefined],
  ['%{REQUEST_URI} =~ m#\\A/admin#', true],
  ['%{REQUEST_URI} =~ m#(?R)#', undefined],
  ['%{REQUEST_URI} ==', undefined],
])('%s is %s', (text, expected) => {
  expect(evaluate(text)).toBe(expected);
});

test('what is decided while something is unknown stays so when it is known', () => {
  const term = fc.constantFrom('%{A} == "1"', '%{B} == "1"', 'true', 'false', '-n %{A}', '%{B} =~ /1/');
  const expression = fc
    .tuple(
      fc.array(fc.tuple(term, fc.constantFrom('&&', '||'), fc.boolean()), { minLength: 1, maxLength: 4 }),
      term,
    )
    .map(
      ([terms, last]) =>
        terms.map(([text, sign, no]) => `${no ? '!' : ''}(${text}) ${sign} `).join('') + last,
    );
  fc.assert(
    fc.property(expression, fc.constantFrom('0', '1'), fc.constantFrom('0', '1'), (text, a, b) => {
      const known: Readonly<Record<string, string>> = { A: a, B: b };
      const partly = evaluateExpression(
        text.replaceAll('%{A}', '%{REMOTE_ADDR}').replaceAll('%{B}', '%{SERVER_NAME}'),
        {
          variable: (name) => (name === 'REMOTE_ADDR' ? known.A : undefined),
        },
      );
      const whole = evaluateExpression(
        text.replaceAll('%{A}', '%{REMOTE_ADDR}').replaceAll('%{B}', '%{SERVER_NAME}'),
        {
          variable: (name) => (name === 'REMOTE_ADDR' ? known.A : known.B),
        },
      );
      expect(whole).toBeDefined();
      if (partly !== undefined) expect(partly).toBe(whole);
    }),
  );
});
