import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';

const year = '365d';

/** Files whose names change with their content: kept by browsers for good. What is missing is left to the next handler. */
export const immutableFiles = (folder: URL): RequestHandler =>
  express.static(fileURLToPath(folder), { immutable: true, maxAge: year, index: false, redirect: false });

export const plainFiles = (folder: URL, maxAge: string): RequestHandler =>
  express.static(fileURLToPath(folder), { maxAge, index: false, redirect: false });
