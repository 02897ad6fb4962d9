import { wordTable } from '../../../common/src/word-table';
import type { Word } from '../syntax/nodes';
import {
  asText,
  certainTexts,
  cutForRewriting,
  type Find,
  isWord,
  type WrittenLine,
  type WrittenText,
  withText,
} from './written';

const first: Find = ({ words }) => [asText(words[0])];

/** What mod_setenvif takes for a text: nothing but escapes is special in it, and a backslash at the end is one. */
const PLAIN = /^(?:[^\\^.$|()[\]*+?{}]|\\[\\^.$|()[\]*+?{}])*\\?$/;

const unlessPlain = (word: Word | undefined): WrittenText | undefined =>
  isWord(word, PLAIN) ? undefined : asText(word);

const browser: Find = ({ words }) => [unlessPlain(words[0])];

/** `SetEnvIf` takes a header's name for a pattern too; `OID("…")` is neither. */
const attributeAndPattern: Find = ({ words: [attribute, pattern] }) => [
  isWord(attribute, /^oid\(/i) ? undefined : asText(attribute),
  unlessPlain(pattern),
];

/** What stands behind a status, if there is one. */
const behindStatus: Find = ({ words }) => [
  asText(isWord(words[0], /^(?:\d|(?:gone|permanent|temp|seeother)$)/i) ? words[1] : words[0]),
];

const unlessUrlIsGiven: Find = ({ words, hasUrl }) => [hasUrl ? undefined : asText(words[0])];

/** A header's value that `edit` changes, or headers that `echo` sends back. */
const edited: Find = ({ words: [action, header, value] }) => [
  isWord(action, /^edit\*?$/i) ? asText(value) : isWord(action, /^echo$/i) ? asText(header) : undefined,
];

const behindCondition: Find = (line) => {
  const { words } = line;
  return edited(isWord(words[0], /^(?:always|onsuccess)$/i) ? { ...line, words: words.slice(1) } : line);
};

/** The pattern of `s/pattern/replacement/flags`, unless the flag `n` makes it a text. */
const substituted: Find = ({ words }) =>
  words.map((word) => {
    const [, , pattern, flags = ''] = /^s(.)(.+?)\1.*?\1(.*)$/is.exec(word.value) ?? [];
    return /n/i.test(flags) ? undefined : withText(asText(word), pattern);
  });

const withFlagR: Find = ({ words }) => [isWord(words[2], /R/) ? asText(words[0]) : undefined];

const rewritten: Find = (line) => {
  const [pattern] = cutForRewriting(line);
  return [withText(pattern, pattern?.text.replace(/^!/, ''))];
};

/** What a `RewriteCond` says that is no pattern: a question about a file, a comparison. */
const NO_PATTERN = /^(?:-[dfhlsxFLU]$|-(?:eq|ge|gt|le|lt|ne)|[<>=])/s;

const condition: Find = (line) => {
  const [test, pattern] = cutForRewriting(line);
  const text = pattern?.text.replace(/^!/, '') ?? '';
  const isPattern = test?.text.toLowerCase() !== 'expr' && !(text.length > 1 && NO_PATTERN.test(text));
  return [isPattern ? withText(pattern, text) : undefined];
};

/** The directives that take regular expressions, and where; each was asked of httpd 2.4.71. */
const DIRECTIVES: Readonly<Record<string, Find>> = wordTable({
  AliasMatch: first,
  AuthLDAPInitialBindPattern: first,
  BrowserMatch: browser,
  BrowserMatchNoCase: browser,
  Header: behindCondition,
  LuaMapHandler: first,
  ProxyHTMLURLMap: withFlagR,
  ProxyPassMatch: unlessUrlIsGiven,
  ProxyRemoteMatch: first,
  RedirectMatch: behindStatus,
  RequestHeader: edited,
  RewriteCond: condition,
  RewriteRule: rewritten,
  ScriptAliasMatch: first,
  SetEnvIf: attributeAndPattern,
  SetEnvIfNoCase: attributeAndPattern,
  Substitute: substituted,
  WSGIScriptAliasMatch: first,
});

/** Sections of a pattern, or of one behind a tilde. */
const behindTilde: Find = ({ words: [tilde, pattern] }) => [
  isWord(tilde, /^~$/) ? asText(pattern) : undefined,
];

/** The version behind `~`, or between slashes. */
const ofVersion: Find = ({ words: [operator, version] }) => {
  const between = /^\/(.*)\/$/s.exec(version?.value ?? '')?.[1];
  if (isWord(operator, /^!?~$/)) return [withText(asText(version), between ?? version?.value)];
  return [isWord(operator, /^!?==?$/) ? withText(asText(version), between) : undefined];
};

const SECTIONS: Readonly<Record<string, Find>> = wordTable({
  Directory: behindTilde,
  DirectoryMatch: first,
  Files: behindTilde,
  FilesMatch: first,
  IfVersion: ofVersion,
  Location: behindTilde,
  LocationMatch: first,
  Proxy: behindTilde,
  ProxyMatch: first,
});

/** The names of the directives that {@link patternsIn} knows. */
export const WITH_PATTERNS: readonly string[] = Object.keys(DIRECTIVES);

/** The regular expressions that a directive takes, as they are written in a line of it. */
export const patternsIn = (directive: string, line: WrittenLine): readonly WrittenText[] =>
  certainTexts(DIRECTIVES[directive], line);

/** The same of a section. */
export const patternsInSection = (section: string, line: WrittenLine): readonly WrittenText[] =>
  certainTexts(SECTIONS[section], line);
