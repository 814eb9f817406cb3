package hub.bench;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;

/** `packs` in Flink: a function keyed by gateway with one array of its sensors. */
public final class FlinkPacks {
  private FlinkPacks() {}

  public static void main(String[] args) throws Exception {
    Job job = Job.given(args);
    Flink.run(job, new Sense(job));
  }

  private static final class Sense
      extends KeyedProcessFunction<String, Tuple2<String, byte[]>, ProducerRecord<byte[], byte[]>> {
    private final Job job;
    private transient Packs packs;
    private transient ValueState<double[]> means;

    Sense(Job job) {
      this.job = job;
    }

    @Override
    public void open(OpenContext context) throws Exception {
      packs = new Packs(job);
      means =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>("means", PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(
        Tuple2<String, byte[]> pack, Context context, Collector<ProducerRecord<byte[], byte[]>> out)
        throws Exception {
      boolean last = Meter.count(job);
      double[] state = means.value();
      state = state == null ? Packs.fresh() : state;
      byte[] alarm = packs.absorb(pack.f1, state);
      means.update(state);
      if (alarm != null) {
        byte[] gateway = pack.f0.getBytes(StandardCharsets.UTF_8);
        out.collect(new ProducerRecord<>(job.sink(), gateway, alarm));
      }
      if (last) {
        Meter.allRead();
      }
    }
  }
}
