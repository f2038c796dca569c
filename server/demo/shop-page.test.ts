import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { demoShop } from './articles.ts';

const folder = new URL('./shop/', import.meta.url);
const html = await readFile(new URL('index.html', folder), 'utf8');
const files = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/'));

const attributes = (name: string) =>
  [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value);

describe('the demo shop page', () => {
  it('asks the suggestions of the widget', () => {
    for (const question of demoShop.suggestions) expect(html).toContain(`data-ask>${question}</button>`);
  });

  it('embeds the chat with the two lines that a customer would paste', () => {
    expect(html).toContain(`<script nonce="{{nonce}}">window.ParleySettings = { inboxKey: '{{inboxKey}}' }</script>`);
    expect(html).toContain('<script nonce="{{nonce}}" async src="{{publicUrl}}/widget/v1.js"></script>');
  });

  it('holds no placeholder but the three that the server fills in', () => {
    const names = new Set([...html.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name));
    expect([...names].sort()).toEqual(['inboxKey', 'nonce', 'publicUrl']);
  });

  it('has no inline style, handler or script without a nonce', () => {
    expect(html).not.toMatch(/\s(style|on[a-z]+)="|<style/);
    expect(html.match(/<script(?![^>]*(nonce=|src="\/demo\/))/g)).toBeNull();
  });

  it('refers only to files and sections that exist', () => {
    const targets = [...attributes('src'), ...attributes('srcset'), ...attributes('href')];
    const local = targets.flatMap((target) => target?.match(/^\/demo\/(.+)$/)?.[1] ?? []);
    expect(local.length).toBeGreaterThan(8);
    expect(local.filter((name) => !files.includes(name))).toEqual([]);

    const sections = targets.flatMap((target) => target?.match(/^#(.+)$/)?.[1] ?? []);
    expect(sections.filter((id) => !attributes('id').includes(id))).toEqual([]);
  });

  it('keeps to the tone of the product', () => {
    expect(html.replace(/<!--|<!doctype/g, '')).not.toMatch(/!|\b(users?|bots?|tickets?)\b/i);
  });
});
