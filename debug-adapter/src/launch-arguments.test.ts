import { describe, expect, it } from 'vitest';
import { LAUNCH_ATTRIBUTES } from '../../common/src/launch-attributes';
import { readAttachArguments, readLaunchArguments } from './launch-arguments';

const messageOf = (args: object): string => {
  try {
    readLaunchArguments(args);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('readLaunchArguments', () => {
  it('takes what the table names and leaves the rest of the editor aside', () => {
    expect(readLaunchArguments({ program: '/a.wsgi', port: 0, type: 'mod_wsgi', __sessionId: '1' })).toEqual({
      program: '/a.wsgi',
      port: 0,
    });
  });

  it('names the attribute, its value and what it takes', () => {
    expect(messageOf({ program: '/a.wsgi', port: 'http' })).toBe(
      'launch.json: "port" is "http", but it takes a number from 0 to 65535.',
    );
    expect(messageOf({ program: '/a.wsgi', runtime: 'docker' })).toBe(
      'launch.json: "runtime" is "docker", but it takes "auto", "bundled", "installed".',
    );
    expect(messageOf({ program: '/a.wsgi', env: { A: 1 } })).toContain('an object of strings');
    expect(messageOf({ program: '/a.wsgi', args: 'x' })).toContain('a list of strings');
  });

  it('asks for an application', () => {
    expect(messageOf({ port: 0 })).toBe('The launch configuration names no application.');
    expect(messageOf({ program: '' })).toBe('The launch configuration names no application.');
    expect(messageOf({ module: 'shop.wsgi' })).toBe('accepted');
  });

  it('has a description for every attribute', () => {
    for (const { name, description } of LAUNCH_ATTRIBUTES) expect(description, name).toMatch(/\.$/);
  });
});

describe('readAttachArguments', () => {
  const messageOfAttach = (args: object): string => {
    try {
      readAttachArguments(args);
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  it('needs nothing, or a folder, or a port with its token', () => {
    const token = 'sixteen letters!';
    for (const args of [
      {},
      { socketFolder: '/run/shop' },
      { port: 5679, token },
      { port: 5679, tokenFile: '/t' },
    ])
      expect(messageOfAttach(args)).toBe('accepted');
  });

  it('refuses what names two things or half of one', () => {
    expect(messageOfAttach({ socketFolder: '/run/shop', port: 5679 })).toContain('name two places');
    expect(messageOfAttach({ port: 5679, token: 'a', tokenFile: 'b' })).toContain('name two tokens');
    expect(messageOfAttach({ token: 'a' })).toContain('"token" goes with "port", which is missing');
    expect(messageOfAttach({ pathMappings: [{ localRoot: '/a' }] })).toContain('"localRoot": "…"');
  });
});
