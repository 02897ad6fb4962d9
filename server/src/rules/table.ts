import { aliasMissingArgument, argumentCount, inlineComment, invalidFlag, invalidValue } from './arguments';
import { duplicateDaemonProcess } from './daemon-groups';
import { notInHtaccess, removed, unknownDirective, wrongContext } from './known';
import {
  daemonUserRoot,
  dottedCallable,
  homeNotAbsolute,
  importScriptOptions,
  interpreterOptionsSelector,
  optionFlag,
  optionNotANumber,
  optionOutOfRange,
  scriptUserAndGroup,
  unknownLabel,
  unknownOption,
  unquotedSpace,
} from './options';
import {
  backslashInPath,
  brokenContinuation,
  byteOrderMark,
  pathNotAbsolute,
  typographicQuote,
  unterminatedQuote,
} from './quoting';
import type { Rule } from './rule';
import {
  invalidExpression,
  invalidRegex,
  moduleNameNeverTrue,
  sectionNotClosed,
  sectionTag,
} from './sections';

/** Every rule, in the order of the documentation. A rule that speaks of two kinds of places may have two rows. */
export const rules: readonly Rule[] = [
  unknownDirective,
  wrongContext,
  notInHtaccess,
  removed,
  argumentCount,
  aliasMissingArgument,
  invalidFlag,
  optionFlag,
  invalidValue,
  inlineComment,
  typographicQuote,
  unterminatedQuote,
  brokenContinuation,
  byteOrderMark,
  backslashInPath,
  pathNotAbsolute,
  sectionNotClosed,
  sectionTag,
  moduleNameNeverTrue,
  invalidExpression,
  invalidRegex,
  unquotedSpace,
  unknownOption,
  optionNotANumber,
  optionOutOfRange,
  homeNotAbsolute,
  daemonUserRoot,
  scriptUserAndGroup,
  importScriptOptions,
  interpreterOptionsSelector,
  unknownLabel,
  dottedCallable,
  duplicateDaemonProcess,
];
