import table from '../../data/third-party.json';

/** The module outside of httpd that a name probably belongs to, by its first letters. */
export const thirdPartyModule = (name: string): string | undefined =>
  table.find(({ prefix }) => name.toLowerCase().startsWith(prefix.toLowerCase()))?.module;
