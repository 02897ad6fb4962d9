import { expect, test } from 'vitest';
import { analyze } from '../analysis';
import { MAIN_FILE, readText } from '../configuration/read-text.fixture';
import { declaredNote } from './declared';

const REST = `LogFormat "%h %t" short
<Macro Site $name>
  ServerName $name
</Macro>
WSGIDaemonProcess shop \\
  threads=5
`;

/** The note for the name at the \`|\`, in front of what declares the names. */
const note = (marked: string): string | undefined => {
  const text = `${marked.replace('|', '')}\n${REST}`;
  const { configuration } = readText(text, {});
  const analysis = configuration.files.get(MAIN_FILE)?.analysis ?? analyze(text, MAIN_FILE);
  return declaredNote(configuration, MAIN_FILE, analysis, marked.indexOf('|'))?.markdown;
};

test.each([
  ['CustomLog x sh|ort', 'log format', 2, 'LogFormat "%h %t" short'],
  ['Use Si|te a', 'macro', 3, '<Macro Site $name>\n  ServerName $name\n</Macro>'],
  ['WSGIProcessGroup sh|op', 'process group', 6, 'WSGIDaemonProcess shop \\\n  threads=5'],
  ['WSGIScriptAlias / /x process-group=|shop', 'process group', 6, 'WSGIDaemonProcess shop \\\n  threads=5'],
])('%s is shown by what declares it', (marked, kind, line, text) => {
  expect(note(marked)).toBe(
    `The ${kind} is declared in apache2.conf:${line}:\n\n\`\`\`apacheconf\n${text}\n\`\`\``,
  );
});

test.each(['WSGIProcessGroup no|ne', 'WSGIDaemonProcess sh|op2', 'ServerName sh|op'])(
  'nothing is known of the name in %s',
  (marked) => {
    expect(note(marked)).toBeUndefined();
  },
);
