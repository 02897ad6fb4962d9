import { wordTable } from '../../../../common/src/word-table';
import type { AfterHandler, Handler } from '../execute';
import { aliasHandlers } from './alias';
import { afterAuthorization, authorizationHandlers } from './authorization';
import { coreHandlers } from './core';
import { afterSections, sectionHandlers } from './sections';
import { tlsHandlers } from './tls';
import { wsgiHandlers } from './wsgi';

/** The handlers this project knows, by canonical name in lower case, `<` included for sections. */
export const handlers: Readonly<Record<string, Handler>> = wordTable({
  ...sectionHandlers,
  ...coreHandlers,
  ...aliasHandlers,
  ...authorizationHandlers,
  ...tlsHandlers,
  ...wsgiHandlers,
});

/** The checks that follow a section's content, by the same names. */
export const afterHandlers: Readonly<Record<string, AfterHandler>> = wordTable({
  ...afterSections,
  ...afterAuthorization,
});
