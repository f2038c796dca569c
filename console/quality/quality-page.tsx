import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { Page } from '../ui/page.tsx';
import { AnswerTest } from './answer-test.tsx';
import classes from './quality.module.css';
import { SearchTest } from './search-test.tsx';

/** What would be found, and what would be answered; nothing of it reaches a customer. */
export function QualityPage() {
  const [tab, setTab] = useState<'answer' | 'search'>('answer');
  return (
    <Page title="Quality">
      <div className={classes.page}>
        <p className={classes.lead}>Ask as a customer would. Nothing here is stored or sent to anyone.</p>
        <SegmentedControl
          value={tab}
          onChange={(value) => setTab(value === 'search' ? 'search' : 'answer')}
          data={[
            { value: 'answer', label: 'Try an answer' },
            { value: 'search', label: 'Try the search' },
          ]}
          aria-label="What to try"
        />
        {tab === 'answer' ? <AnswerTest /> : <SearchTest />}
      </div>
    </Page>
  );
}
