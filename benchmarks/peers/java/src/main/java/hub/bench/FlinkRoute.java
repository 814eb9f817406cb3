package hub.bench;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;

/** `route` in Flink: a function keyed by town counts and forwards. */
public final class FlinkRoute {
  private FlinkRoute() {}

  public static void main(String[] args) throws Exception {
    Job job = Job.given(args);
    Flink.run(job, new Forward(job));
  }

  private static final class Forward
      extends KeyedProcessFunction<String, Tuple2<String, byte[]>, ProducerRecord<byte[], byte[]>> {
    private final Job job;
    private transient Tickets tickets;
    private transient ValueState<Long> counts;

    Forward(Job job) {
      this.job = job;
    }

    @Override
    public void open(OpenContext context) throws Exception {
      tickets = new Tickets();
      counts = getRuntimeContext().getState(new ValueStateDescriptor<>("counts", Long.class));
    }

    @Override
    public void processElement(
        Tuple2<String, byte[]> ticket, Context context, Collector<ProducerRecord<byte[], byte[]>> out)
        throws Exception {
      boolean last = Meter.count(job);
      Long before = counts.value();
      counts.update(before == null ? 1L : before + 1);
      Tickets.Order order = tickets.forward(ticket.f1);
      out.collect(new ProducerRecord<>(job.sink(), null, order.key(), order.value(), order.headers()));
      if (last) {
        Meter.allRead();
      }
    }
  }
}
